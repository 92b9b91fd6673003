// Trades on the venue with ccxt, only its addresses changed (Bybit V5, 19.2).
import assert from 'node:assert/strict';
import ccxt from 'ccxt';
import { close, refused, suite, toStep, until, venue } from './checks.mjs';

const symbol = 'BTC/USDT:USDT';
const tick = 0.1;
const lot = 0.001;
const startedAt = Date.now();

const connect = async (account) => {
  const exchange = new ccxt.pro.bybit({ apiKey: account.key, secret: account.secret });
  await exchange.loadHttpProxyAgent(); // what ccxt asks for before it opens a socket without TLS
  const api = exchange.urls.api;
  for (const name of Object.keys(api)) if (typeof api[name] === 'string') api[name] = venue.rest;
  for (const name of Object.keys(api.ws.public)) api.ws.public[name] = venue.public;
  api.ws.private = { spot: { unified: venue.private, nonUnified: venue.private }, contract: venue.private, usdc: venue.private, trade: venue.trade };

  // The confirmations of subscriptions, counted: what is done after one is seen on the stream.
  exchange.confirmed = 0;
  const handle = exchange.handleSubscriptionStatus;
  exchange.handleSubscriptionStatus = function confirm(client, message) {
    this.confirmed += message.success === true ? 1 : 0;
    return handle.call(this, client, message);
  };
  return exchange;
};

// Everything that a watch method yields from now on. What comes together wakes it once: the rest is in the client's own memory of the stream.
const memory = {
  watchOrders: (exchange) => exchange.orders,
  watchMyTrades: (exchange) => exchange.myTrades,
  watchPositions: (exchange) => exchange.positions,
  watchBalance: (exchange) => exchange.balance?.unified && [exchange.balance.unified],
};
const collect = (exchange, method, ...args) => {
  const events = [];
  events.remembered = () => [...(memory[method]?.(exchange) ?? [])];
  const next = async () => {
    for (;;) {
      try {
        const event = await exchange[method](...args);
        events.push(...(Array.isArray(event) && typeof event[0] === 'object' && !Array.isArray(event[0]) ? event : [event]));
      } catch (error) {
        events.fault = error;
        return;
      }
    }
  };
  next();
  return events;
};

const seen = (events, what, test) =>
  until(what, () => {
    if (events.fault) throw events.fault;
    return events.find(test) ?? events.remembered().find(test);
  });

const exchange = await connect(venue.accounts[0]);
const { check, end } = suite('ccxt');
const price = (value) => Number(toStep(value, tick, 1));
const best = async () => {
  const book = await exchange.fetchOrderBook(symbol, 1);
  return { bid: book.bids[0][0], ask: book.asks[0][0] };
};
const positionOf = async () => (await exchange.fetchPositions([symbol])).find((each) => each.symbol === symbol && each.contracts > 0);
const executionsOf = (params) => exchange.privateGetV5ExecutionList({ category: 'linear', symbol: 'BTCUSDT', startTime: startedAt, ...params });
const orderById = (id) => exchange.fetchOrder(id, symbol, { acknowledged: true });
const usdt = async () => (await exchange.fetchBalance()).USDT;
let start;

await check('the clock of the venue is the real one', async () => {
  const before = Date.now();
  const time = await exchange.fetchTime();
  assert.ok(time >= before && time <= Date.now(), `${time}, asked at ${before}`);
});

await check('markets: the instrument with its steps, limits and leverage', async () => {
  await exchange.loadMarkets();
  const market = exchange.market(symbol);
  assert.equal(market.id, 'BTCUSDT');
  assert.equal(market.type, 'swap');
  assert.equal(market.linear, true);
  assert.equal(market.active, true);
  assert.equal(market.settle, 'USDT');
  assert.equal(market.precision.price, tick);
  assert.equal(market.precision.amount, lot);
  assert.equal(market.limits.amount.min, lot);
  assert.equal(market.limits.leverage.max, 100);
  assert.deepEqual(Object.keys(exchange.markets).filter((name) => !exchange.markets[name].linear), []);
});

await check('leverage tiers: the lowest has 100x and 0.5 %', async () => {
  const [lowest, next] = await exchange.fetchMarketLeverageTiers(symbol);
  assert.equal(lowest.maxLeverage, 100);
  close(lowest.maintenanceMarginRate, 0.005, 1e-12, 'maintenance rate');
  assert.ok(next.maxLeverage < lowest.maxLeverage && next.maxNotional > lowest.maxNotional);
});

await check('order book: 50 levels a side, sorted, not crossed', async () => {
  const { bids, asks } = await exchange.fetchOrderBook(symbol, 50);
  assert.equal(bids.length, 50);
  assert.equal(asks.length, 50);
  assert.ok(bids[0][0] < asks[0][0]);
  for (let i = 1; i < 50; i += 1) assert.ok(bids[i][0] < bids[i - 1][0] && asks[i][0] > asks[i - 1][0]);
  assert.ok([...bids, ...asks].every(([, size]) => size > 0));
});

await check('ticker: last price, mark and index lie at the book', async () => {
  const ticker = await exchange.fetchTicker(symbol);
  const { bid, ask } = await best();
  for (const name of ['last', 'bid', 'ask', 'markPrice', 'indexPrice']) close(ticker[name], (bid + ask) / 2, bid * 0.02, name);
  assert.ok(ticker.high >= ticker.last && ticker.low <= ticker.last);
});

await check('trades: newest last, on the tick, with both kinds of taker', async () => {
  const trades = await until('twenty trades of both kinds', async () => {
    const found = await exchange.fetchTrades(symbol, undefined, 200);
    return found.length >= 20 && new Set(found.map((trade) => trade.side)).size === 2 && found;
  });
  for (let i = 1; i < trades.length; i += 1) assert.ok(trades[i].timestamp >= trades[i - 1].timestamp);
  for (const trade of trades) close(trade.price / tick, Math.round(trade.price / tick), 1e-6, 'ticks');
  assert.deepEqual([...new Set(trades.map((trade) => trade.side))].sort(), ['buy', 'sell']);
  assert.equal(new Set(trades.map((trade) => trade.id)).size, trades.length);
});

await check('candles: the last minute holds the last trade', async () => {
  // A minute that has just begun may hold none.
  const [time, open, high, low, last, volume] = await until('a trade in the last minute', async () => {
    const newest = (await exchange.fetchOHLCV(symbol, '1m', undefined, 5)).at(-1);
    return newest[5] > 0 && newest;
  });
  assert.equal(time % 60_000, 0);
  assert.ok(Math.abs(Date.now() - time) < 125_000, `the candle begins at ${time}`);
  assert.ok(high >= Math.max(open, last) && low <= Math.min(open, last) && volume > 0);
});

await check('funding rate: within its bounds, due at a full hour to come', async () => {
  const rate = await exchange.fetchFundingRate(symbol);
  assert.ok(Math.abs(rate.fundingRate) <= 0.00375, `${rate.fundingRate}`);
  assert.ok(rate.fundingTimestamp > Date.now() && rate.fundingTimestamp % 3_600_000 === 0, `${rate.fundingTimestamp}`);
});

await check('balance: nothing is bound before the first order', async () => {
  start = await usdt();
  assert.ok(start.total > 0);
  close(start.free, start.total, 1e-8, 'free');
  close(start.used, 0, 1e-8, 'used');
});

await check('fee rates: those of VIP 0', async () => {
  const fee = await exchange.fetchTradingFee(symbol);
  assert.equal(fee.taker, 0.00055);
  assert.equal(fee.maker, 0.0002);
});

await check('margin mode: cross and isolated as set', async () => {
  await exchange.setMarginMode('cross');
  assert.equal((await exchange.fetchMarginMode(symbol)).marginMode, 'cross');
  await exchange.setMarginMode('isolated');
  assert.equal((await exchange.fetchMarginMode(symbol)).marginMode, 'isolated');
});

await check('portfolio margin is refused with its reasons', async () => {
  assert.match((await refused(exchange.setMarginMode('portfolio'))).message, /3400045/);
});

await check('leverage: 20 as set, and 110043 when set again', async () => {
  await exchange.setLeverage(20, symbol);
  const [row] = (await exchange.privateGetV5PositionList({ category: 'linear', symbol: 'BTCUSDT' })).result.list;
  assert.equal(Number(row.leverage), 20);
  assert.equal(row.size, '0');
  assert.match((await refused(exchange.setLeverage(20, symbol))).message, /110043/);
});

await check('leverage above the tier is refused', async () => {
  const error = await refused(exchange.setLeverage(101, symbol));
  assert.match(error.message, /"retCode":(110013|10001)/);
});

await check('position mode: one-way is not modified, hedge is refused', async () => {
  assert.ok((await refused(exchange.setPositionMode(false, symbol))) instanceof ccxt.NoChange);
  assert.match((await refused(exchange.setPositionMode(true, symbol))).message, /"retCode":110029/);
});

let resting;
await check('a post-only order rests with what was asked', async () => {
  const { bid } = await best();
  const wanted = price(bid * 0.97);
  const made = await exchange.createOrder(symbol, 'limit', 'buy', 0.01, wanted, { postOnly: true, clientOrderId: `ccxt-${Date.now()}` });
  resting = await until('the order', async () => (await exchange.fetchOpenOrders(symbol)).find((order) => order.id === made.id));
  assert.equal(resting.status, 'open');
  assert.equal(resting.price, wanted);
  assert.equal(resting.amount, 0.01);
  assert.equal(resting.filled, 0);
  assert.equal(resting.side, 'buy');
  assert.equal(resting.postOnly, true);
  assert.equal(resting.reduceOnly, false);
  assert.ok((await usdt()).free < start.free);
});

await check('a client order id is taken once', async () => {
  const error = await refused(exchange.createOrder(symbol, 'limit', 'buy', 0.01, resting.price, { clientOrderId: resting.clientOrderId }));
  assert.match(error.message, /110072/);
});

await check('amend: the new price and the new total', async () => {
  const wanted = price(resting.price - 10);
  await exchange.editOrder(resting.id, symbol, 'limit', 'buy', 0.02, wanted);
  const order = await until('the amended order', async () => {
    const found = await exchange.fetchOpenOrder(resting.id, symbol);
    return found.price === wanted && found;
  });
  assert.equal(order.amount, 0.02);
  assert.equal(order.status, 'open');
});

await check('cancel: closed without a fill, and its margin is free again', async () => {
  await exchange.cancelOrder(resting.id, symbol);
  const order = await until('the end of the order', async () => {
    const found = await orderById(resting.id);
    return found.status !== 'open' && found;
  });
  assert.equal(order.status, 'canceled');
  assert.equal(order.filled, 0);
  assert.equal(order.info.cancelType, 'CancelByUser');
  assert.equal(order.info.rejectReason, 'EC_PerCancelRequest');
  assert.deepEqual(await exchange.fetchOpenOrders(symbol), []);
  close((await usdt()).free, start.free, 1e-8, 'free');
});

await check('a cancelled order cannot be cancelled again: 110001', async () => {
  const error = await refused(exchange.cancelOrder(resting.id, symbol));
  assert.ok(error instanceof ccxt.OrderNotFound && error.message.includes('110001'), error.message);
});

await check('a post-only order that would take is acknowledged, then cancelled with its reason', async () => {
  const { ask } = await best();
  const made = await exchange.createOrder(symbol, 'limit', 'buy', 0.01, price(ask * 1.01), { postOnly: true });
  const order = await until('the end of the order', async () => {
    const found = await orderById(made.id);
    return found.status !== 'open' && found;
  });
  assert.equal(order.status, 'canceled');
  assert.equal(order.filled, 0);
  assert.equal(order.info.rejectReason, 'EC_PostOnlyWillTakeLiquidity');
});

await check('immediate-or-cancel away from the market ends without a fill', async () => {
  const { bid } = await best();
  const made = await exchange.createOrder(symbol, 'limit', 'buy', 0.01, price(bid * 0.98), { timeInForce: 'IOC' });
  const order = await until('the end of the order', async () => {
    const found = await orderById(made.id);
    return found.status !== 'open' && found;
  });
  assert.equal(order.status, 'canceled');
  assert.equal(order.filled, 0);
  assert.equal(order.timeInForce, 'IOC');
});

await check('immediate-or-cancel through the market is filled at the book and pays the taker fee', async () => {
  const { ask } = await best();
  const made = await exchange.createOrder(symbol, 'limit', 'buy', 0.004, price(ask * 1.005), { timeInForce: 'IOC' });
  const order = await until('the fill', async () => {
    const found = await orderById(made.id);
    return found.status === 'closed' && found;
  });
  assert.equal(order.filled, 0.004);
  assert.ok(order.average <= price(ask * 1.005));
  const fills = (await executionsOf({ orderId: made.id })).result.list;
  close(fills.reduce((sum, fill) => sum + Number(fill.execQty), 0), 0.004, 1e-12, 'filled');
  for (const fill of fills) {
    assert.equal(fill.isMaker, false);
    assert.equal(fill.feeRate, '0.00055');
    close(fill.execFee, Number(fill.execValue) * 0.00055, 1e-8, 'fee');
    close(fill.execValue, Number(fill.execPrice) * Number(fill.execQty), 1e-9, 'value');
  }
});

let long;
await check('a market order opens a position at what it paid', async () => {
  const made = await exchange.createOrder(symbol, 'market', 'buy', 0.006);
  await until('the fill', async () => (await orderById(made.id)).status === 'closed');
  long = await positionOf();
  assert.equal(long.side, 'long');
  assert.equal(long.contracts, 0.01);
  const buys = (await executionsOf({})).result.list;
  const paid = buys.reduce((sum, fill) => sum + Number(fill.execValue), 0);
  close(long.entryPrice, paid / 0.01, 1e-6, 'entry price');
});

await check('the position: leverage, initial margin and liquidation price of isolated margin', async () => {
  assert.equal(long.leverage, 20);
  const value = long.entryPrice * long.contracts;
  const feeToClose = value * (1 - 1 / 20) * 0.00055;
  close(long.info.positionValue, value, 1e-6, 'value');
  close(long.info.positionIM, value / 20 + feeToClose, 1e-4, 'initial margin');
  close(long.liquidationPrice, (long.entryPrice * (1 - 1 / 20)) / (1 - 0.005), tick, 'liquidation price');
});

await check('take profit and stop loss stand on the position, and 0 removes them', async () => {
  const levels = { takeProfit: toStep(long.entryPrice * 1.05, tick, 1), stopLoss: toStep(long.entryPrice * 0.97, tick, 1) };
  const stop = { category: 'linear', symbol: 'BTCUSDT', tpslMode: 'Full', positionIdx: 0 };
  await exchange.privatePostV5PositionTradingStop({ ...stop, ...levels });
  const held = await positionOf();
  close(held.takeProfitPrice, levels.takeProfit, 1e-9, 'take profit');
  close(held.stopLossPrice, levels.stopLoss, 1e-9, 'stop loss');
  assert.match((await refused(exchange.privatePostV5PositionTradingStop({ ...stop, ...levels }))).message, /34040/);
  await exchange.privatePostV5PositionTradingStop({ ...stop, takeProfit: '0', stopLoss: '0' });
  const free = (await positionOf()).info;
  assert.equal(Number(free.takeProfit), 0);
  assert.equal(Number(free.stopLoss), 0);
});

await check('a stop loss on the wrong side of the market is refused', async () => {
  const wrong = { category: 'linear', symbol: 'BTCUSDT', tpslMode: 'Full', positionIdx: 0, stopLoss: toStep(long.entryPrice * 1.05, tick, 1) };
  assert.match((await refused(exchange.privatePostV5PositionTradingStop(wrong))).message, /"retCode":10001/);
  assert.equal(Number((await positionOf()).info.stopLoss), 0);
});

await check('batch: the bad item is refused alone, with its code at its place', async () => {
  const { bid } = await best();
  const item = (amount, factor) => ({ symbol, type: 'limit', side: 'buy', amount, price: price(bid * factor) });
  const made = await exchange.createOrders([item(0.01, 0.96), item(5_000, 0.96), item(0.02, 0.95)]);
  assert.equal(made.length, 3);
  assert.equal(Number(made[1].info.code), 10001);
  assert.match(made[1].info.msg, /exceeds maximum limit allowed/);
  const open = await until('two orders', async () => {
    const found = await exchange.fetchOpenOrders(symbol);
    return found.length === 2 && found;
  });
  assert.deepEqual(open.map((order) => order.id).sort(), [made[0].id, made[2].id].sort());
});

await check('cancel-all takes what is open and nothing else', async () => {
  const open = (await exchange.fetchOpenOrders(symbol)).map((order) => order.id).sort();
  const cancelled = await exchange.cancelAllOrders(symbol);
  assert.deepEqual(cancelled.map((order) => order.id).sort(), open);
  assert.deepEqual(await exchange.fetchOpenOrders(symbol), []);
});

await check('executions by pages are those of one page, none twice', async () => {
  const whole = (await executionsOf({ limit: 100 })).result.list.map((fill) => fill.execId);
  assert.ok(whole.length >= 2, `${whole.length} executions`);
  const paged = [];
  let cursor = '';
  for (let page = 0; page <= whole.length; page += 1) {
    const { result } = await executionsOf({ limit: 1, ...(cursor ? { cursor } : {}) });
    paged.push(...result.list.map((fill) => fill.execId));
    cursor = result.nextPageCursor;
    if (!cursor) break;
    assert.equal(result.list.length, 1);
  }
  assert.equal(cursor, '');
  assert.deepEqual([...paged].sort(), [...whole].sort());
});

await check('a reduce-only order on the side of the position is refused', async () => {
  const error = await refused(exchange.createOrder(symbol, 'market', 'buy', 0.01, undefined, { reduceOnly: true }));
  assert.match(error.message, /110017/);
});

await check('an order beyond the margin is refused: 110007', async () => {
  const { bid } = await best();
  const error = await refused(exchange.createOrder(symbol, 'limit', 'buy', 20, price(bid * 0.99)));
  assert.ok(error instanceof ccxt.InsufficientFunds && error.message.includes('110007'), error.message);
});

await check('an order below the least value is refused: 110094', async () => {
  const error = await refused(exchange.privatePostV5OrderCreate({ category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', qty: '0.001', price: '4000' }));
  assert.match(error.message, /110094|110003/);
});

await check('a quantity off its step is refused: 10001', async () => {
  const { bid } = await best();
  const error = await refused(exchange.privatePostV5OrderCreate({ category: 'linear', symbol: 'BTCUSDT', side: 'Buy', orderType: 'Limit', qty: '0.0105', price: toStep(bid * 0.97, tick, 1) }));
  assert.match(error.message, /"retCode":10001/);
  assert.deepEqual(await exchange.fetchOpenOrders(symbol), []);
});

await check('an unknown symbol is refused: 10001', async () => {
  const error = await refused(exchange.privatePostV5OrderCreate({ category: 'linear', symbol: 'NOPEUSDT', side: 'Buy', orderType: 'Market', qty: '1' }));
  assert.match(error.message, /"retCode":10001/);
});

await check('another secret is refused: 10004', async () => {
  const error = await refused((await connect({ key: venue.accounts[0].key, secret: 'not-the-secret' })).privateGetV5AccountInfo());
  assert.ok(error instanceof ccxt.AuthenticationError && error.message.includes('10004'), error.message);
});

await check('an unknown key is refused: 10003', async () => {
  const error = await refused((await connect({ key: 'not-a-key', secret: 'not-the-secret' })).privateGetV5AccountInfo());
  assert.ok(error instanceof ccxt.AuthenticationError && error.message.includes('10003'), error.message);
});

await check('an old timestamp is refused: 10002', async () => {
  const late = await connect(venue.accounts[0]);
  late.nonce = () => Date.now() - 60_000;
  const error = await refused(late.privateGetV5AccountInfo());
  assert.ok(error instanceof ccxt.InvalidNonce && error.message.includes('10002'), error.message);
});

await check('a market order closes the position, and closed P&L says what it brought', async () => {
  const made = await exchange.createOrder(symbol, 'market', 'sell', 0.01, undefined, { reduceOnly: true });
  await until('the fill', async () => (await orderById(made.id)).status === 'closed');
  assert.equal(await positionOf(), undefined);
  const [row] = (await exchange.privateGetV5PositionClosedPnl({ category: 'linear', symbol: 'BTCUSDT' })).result.list;
  assert.equal(row.orderId, made.id);
  assert.equal(row.side, 'Sell');
  assert.equal(Number(row.closedSize), 0.01);
  close(row.avgEntryPrice, long.entryPrice, 1e-6, 'entry price');
  close(row.cumExitValue, Number(row.avgExitPrice) * 0.01, 1e-6, 'exit value');
});

await check('the wallet has moved by what the executions say', async () => {
  const fills = (await executionsOf({ limit: 100 })).result.list;
  const bought = fills.filter((fill) => fill.side === 'Buy').reduce((sum, fill) => sum + Number(fill.execValue), 0);
  const sold = fills.filter((fill) => fill.side === 'Sell').reduce((sum, fill) => sum + Number(fill.execValue), 0);
  const fees = fills.reduce((sum, fill) => sum + Number(fill.execFee), 0);
  const now = await usdt();
  close(now.total, start.total + sold - bought - fees, 1e-6, 'wallet');
  close(now.free, now.total, 1e-6, 'free');
});

await check('stream of the book: sorted and not crossed, update after update', async () => {
  const first = await exchange.watchOrderBook(symbol, 50);
  const begun = first.timestamp;
  for (let i = 0; i < 20; i += 1) {
    const { bids, asks } = await exchange.watchOrderBook(symbol, 50);
    assert.ok(bids.length >= 45 && bids.length <= 50 && asks.length >= 45 && asks.length <= 50, `${bids.length} and ${asks.length} levels`);
    assert.ok(bids[0][0] < asks[0][0]);
    for (let j = 1; j < 45; j += 1) assert.ok(bids[j][0] < bids[j - 1][0] && asks[j][0] > asks[j - 1][0]);
  }
  assert.ok(exchange.orderbooks[symbol].timestamp > begun);
});

await check('stream of trades: those that REST tells too', async () => {
  const [trade] = await exchange.watchTrades(symbol);
  const told = await exchange.fetchTrades(symbol, undefined, 1_000);
  const same = told.find((each) => each.id === trade.id);
  assert.ok(same, `trade ${trade.id} is not among ${told.length}`);
  assert.equal(same.price, trade.price);
  assert.equal(same.amount, trade.amount);
  assert.equal(same.side, trade.side);
});

await check('stream of the ticker: deltas merge into a whole one', async () => {
  const events = collect(exchange, 'watchTicker', symbol);
  await until('five tickers', () => events.length >= 5);
  const { bid, ask } = await best();
  const last = events.at(-1);
  for (const name of ['last', 'bid', 'ask', 'markPrice', 'indexPrice']) close(last[name], (bid + ask) / 2, bid * 0.02, name);
});

await check('stream of candles: the minute under way', async () => {
  const candles = await exchange.watchOHLCV(symbol, '1m');
  const [time, open, high, low, last] = candles.at(-1);
  assert.equal(time % 60_000, 0);
  assert.ok(high >= Math.max(open, last) && low <= Math.min(open, last));
});

const orders = [];
const fills = [];
const positions = [];
const balances = [];
await check('private streams: order, execution, position and wallet are subscribed', async () => {
  const before = exchange.confirmed;
  for (const [list, method] of [[orders, 'watchOrders'], [fills, 'watchMyTrades'], [positions, 'watchPositions'], [balances, 'watchBalance']]) {
    const source = collect(exchange, method);
    list.source = source;
  }
  await until('four confirmations', () => exchange.confirmed >= before + 4);
});

let byWire;
await check('order entry by WebSocket: create, seen open on the stream', async () => {
  const { bid } = await best();
  const wanted = price(bid * 0.97);
  byWire = await exchange.createOrderWs(symbol, 'limit', 'buy', 0.01, wanted, { postOnly: true });
  assert.match(byWire.id, /^[0-9a-f-]{36}$/);
  const order = await seen(orders.source, 'the order', (each) => each.id === byWire.id);
  assert.equal(order.status, 'open');
  assert.equal(order.price, wanted);
});

await check('order entry by WebSocket: amend, seen on the stream', async () => {
  await exchange.editOrderWs(byWire.id, symbol, 'limit', 'buy', 0.015);
  const order = await seen(orders.source, 'the amended order', (each) => each.id === byWire.id && each.amount === 0.015);
  assert.equal(order.status, 'open');
});

await check('order entry by WebSocket: cancel, seen on the stream', async () => {
  await exchange.cancelOrderWs(byWire.id, symbol);
  const order = await seen(orders.source, 'the cancelled order', (each) => each.id === byWire.id && each.status !== 'open');
  assert.equal(order.status, 'canceled');
});

await check('order entry by WebSocket: a refusal carries its code', async () => {
  const error = await refused(exchange.cancelOrderWs(byWire.id, symbol));
  assert.ok(error instanceof ccxt.OrderNotFound && error.message.includes('110001'), error.message);
});

await check('a fill is told on all four private streams, with the same figures', async () => {
  const before = await usdt();
  const made = await exchange.createOrderWs(symbol, 'market', 'buy', 0.002);
  const order = await seen(orders.source, 'the filled order', (each) => each.id === made.id && each.status === 'closed');
  const fill = await seen(fills.source, 'the execution', (each) => each.order === made.id);
  const position = await seen(positions.source, 'the position', (each) => each.symbol === symbol && each.contracts === 0.002);
  assert.equal(order.filled, 0.002);
  assert.equal(fill.takerOrMaker, 'taker');
  assert.equal(position.side, 'long');
  close(position.entryPrice, order.average, 1e-6, 'entry price');
  const paid = (await executionsOf({ orderId: made.id })).result.list.reduce((sum, each) => sum + Number(each.execFee), 0);
  const wallet = await seen(balances.source, 'the wallet', (each) => Math.abs(each.info[0].coin[0].walletBalance - (before.total - paid)) < 1e-6);
  close(wallet.USDT.total, wallet.info[0].coin[0].equity, 1e-9, 'equity');
});

await check('a new session may use the request ids of an earlier one', async () => {
  const again = await connect(venue.accounts[0]);
  await again.loadMarkets();
  const made = await again.createOrderWs(symbol, 'market', 'sell', 0.002, undefined, { reduceOnly: true });
  await until('the fill', async () => (await orderById(made.id)).status === 'closed');
  assert.equal(await positionOf(), undefined);
  await again.close();
});

await check('accounts are apart: the other one has seen nothing of this', async () => {
  const other = await connect(venue.accounts[1]);
  assert.deepEqual(await other.fetchOpenOrders(symbol), []);
  assert.deepEqual((await other.privateGetV5ExecutionList({ category: 'linear', symbol: 'BTCUSDT', startTime: startedAt })).result.list, []);
  const held = (await other.fetchBalance()).USDT;
  close(held.free, held.total, 1e-8, 'free');
});

await exchange.close();
end();
