// The least that a market maker does, on a venue of Bybit V5, with a client that others wrote: follow the book, compute two prices, send an amendment for each that has moved.
// Arguments: ccxt or bybitApi. Prints "ready", trades, counts from the first line of its standard input on until that ends, asks whether its orders stand as it wanted them, and prints one JSON document.
import { createRequire } from 'node:module';

const load = createRequire(new URL('../../../tests/clients/package.json', import.meta.url));
const [name] = process.argv.slice(2);
const { VENUE_REST, VENUE_PUBLIC, VENUE_PRIVATE, VENUE_TRADE, VENUE_API_KEY, VENUE_API_SECRET } = process.env;
const symbol = 'BTCUSDT';
const qty = 0.001;
const away = 50; // USDT from the best price: nobody takes them
const prices = (bid, ask) => [Number((bid - away).toFixed(1)), Number((ask + away).toFixed(1))];

// From the first bytes of a market message in this process until the first bytes of the order that follows it have been given to the kernel.
let receivedAt = 0n;
let requests = 0;
let failures = 0;
const nanos = [];
const clocked = (market, orders) => {
  market.prependListener('data', () => {
    receivedAt = process.hrtime.bigint();
  });
  // ws writes a frame in two corked parts: the kernel has neither before the cork is taken off.
  const stamp = () => {
    if (receivedAt > 0n && orders.writableCorked === 0) {
      nanos.push(Number(process.hrtime.bigint() - receivedAt));
      receivedAt = 0n;
    }
  };
  for (const method of ['write', 'uncork']) {
    const original = orders[method];
    orders[method] = function stamped(...args) {
      const result = original.apply(this, args);
      stamp();
      return result;
    };
  }
};
const sent = (promise) => {
  requests += 1;
  promise.catch((error) => {
    if (failures === 0) console.error(String(error?.message ?? JSON.stringify(error)).slice(0, 300));
    failures += 1;
  });
};

let open = true;
const ended = new Promise((resolve) => {
  process.stdin.on('data', () => {
    [nanos.length, requests, failures] = [0, 0, 0]; // what was compiled and learned before does not count
  });
  process.stdin.on('end', () => {
    open = false;
    resolve();
  });
});

// The two orders stand at the venue as they were last asked for.
const check = async (last, standing) => {
  for (let asked = 0; asked < 50; asked += 1) {
    const found = (await standing()).map(Number).sort((left, right) => left - right);
    if (found.length === 2 && found[0] === last[0] && found[1] === last[1]) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`the orders do not stand at ${last}`);
};
const report = () => {
  nanos.sort((left, right) => left - right);
  const at = (part) => nanos[Math.min(nanos.length - 1, Math.floor(nanos.length * part))] ?? 0;
  console.log(JSON.stringify({ count: nanos.length, p50: at(0.5), p99: at(0.99), max: nanos.at(-1) ?? 0, requests, failures }));
};

const peers = {
  async ccxt() {
    const ccxt = load('ccxt');
    const exchange = new ccxt.pro.bybit({ apiKey: VENUE_API_KEY, secret: VENUE_API_SECRET, newUpdates: true, enableRateLimit: false });
    await exchange.loadHttpProxyAgent();
    const api = exchange.urls.api;
    for (const key of Object.keys(api)) if (typeof api[key] === 'string') api[key] = VENUE_REST;
    for (const key of Object.keys(api.ws.public)) api.ws.public[key] = VENUE_PUBLIC;
    api.ws.private = { spot: { unified: VENUE_PRIVATE, nonUnified: VENUE_PRIVATE }, contract: VENUE_PRIVATE, usdc: VENUE_PRIVATE, trade: VENUE_TRADE };
    const market = 'BTC/USDT:USDT';
    await exchange.loadMarkets();
    let book = await exchange.watchOrderBook(market, 50);
    const [low, high] = prices(book.bids[0][0], book.asks[0][0]);
    const [buy, sell] = [await exchange.createOrderWs(market, 'limit', 'buy', qty, low), await exchange.createOrderWs(market, 'limit', 'sell', qty, high)];
    const clients = Object.values(exchange.clients);
    const socketOf = (address) => clients.find((client) => client.url.startsWith(address)).connection._socket;
    clocked(socketOf(VENUE_PUBLIC), socketOf(VENUE_TRADE));
    let last = [low, high];
    console.log('ready');
    while (open) {
      book = await Promise.race([exchange.watchOrderBook(market, 50), ended]);
      if (!open) break;
      const [bid, ask] = prices(book.bids[0][0], book.asks[0][0]);
      if (bid !== last[0]) sent(exchange.editOrderWs(buy.id, market, 'limit', 'buy', qty, bid));
      if (ask !== last[1]) sent(exchange.editOrderWs(sell.id, market, 'limit', 'sell', qty, ask));
      last = [bid, ask];
    }
    await check(last, async () => (await exchange.fetchOpenOrders(market)).map((order) => order.price));
    report();
    await exchange.cancelAllOrders(market);
  },

  async bybitApi() {
    const { RestClientV5, WebsocketAPIClient, WebsocketClient } = load('bybit-api');
    const silent = { trace: () => {}, info: () => {}, error: () => {} };
    const key = { key: VENUE_API_KEY, secret: VENUE_API_SECRET };
    const feed = new WebsocketClient({ ...key, market: 'v5', wsUrl: VENUE_PUBLIC }, silent);
    const trade = new WebsocketAPIClient({ ...key, wsUrl: VENUE_TRADE, attachEventListeners: false }, silent);
    const rest = new RestClientV5({ ...key, baseUrl: VENUE_REST });
    const [bids, asks] = [new Map(), new Map()];
    const best = (side, better) => [...side.keys()].reduce((one, other) => (better(other, one) ? other : one));
    const take = (side, rows) => {
      for (const [price, size] of rows) {
        if (Number(size) === 0) side.delete(Number(price));
        else side.set(Number(price), Number(size));
      }
    };
    let ids = null;
    let last = [0, 0];
    let first;
    const begun = new Promise((resolve) => {
      first = resolve;
    });
    feed.on('update', ({ topic, type, data }) => {
      if (topic !== `orderbook.50.${symbol}`) return;
      if (type === 'snapshot') {
        bids.clear();
        asks.clear();
      }
      take(bids, data.b);
      take(asks, data.a);
      if (bids.size === 0 || asks.size === 0) return;
      first();
      if (!ids || !open) return;
      const [bid, ask] = prices(best(bids, (one, other) => one > other), best(asks, (one, other) => one < other));
      if (bid !== last[0]) sent(trade.amendOrder({ category: 'linear', symbol, orderId: ids[0], price: String(bid) }));
      if (ask !== last[1]) sent(trade.amendOrder({ category: 'linear', symbol, orderId: ids[1], price: String(ask) }));
      last = [bid, ask];
    });
    feed.on('exception', () => {});
    feed.subscribeV5(`orderbook.50.${symbol}`, 'linear');
    await begun;
    const [low, high] = prices(best(bids, (one, other) => one > other), best(asks, (one, other) => one < other));
    const place = async (side, price) => (await trade.submitNewOrder({ category: 'linear', symbol, side, orderType: 'Limit', qty: String(qty), price: String(price), timeInForce: 'GTC' })).data.orderId;
    const placed = [await place('Buy', low), await place('Sell', high)];
    const wsOf = (client) => {
      const store = client.getWsStore();
      return store.getKeys().map((each) => store.getWs(each)).find((ws) => ws?._socket)._socket;
    };
    clocked(wsOf(feed), wsOf(trade.getWSClient()));
    [ids, last] = [placed, [low, high]];
    console.log('ready');
    await ended;
    await check(last, async () => (await rest.getActiveOrders({ category: 'linear', symbol })).result.list.map((order) => order.price));
    report();
    await rest.cancelAllOrders({ category: 'linear', symbol });
  },
};

await peers[name]();
process.exit(0);
