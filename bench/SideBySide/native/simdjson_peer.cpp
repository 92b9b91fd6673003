// What the engine's decoder does, with simdjson's on-demand interface: its best case.
//
// One parser is used again and again on the padded buffer where the frames lie, nothing is copied. Texts are taken raw, at
// their place in the buffer, and prices and quantities go through SIMD digit conversion at the instrument's own scale, two at
// a time. Members are asked for in the order in which the venue sends them, so that simdjson never searches twice; a frame in
// another order is an error, and the comparison of the answers would show it.
// It is laxer than the engine's decoder, which only helps it: nothing checks that prices lie on the grid, that a member
// does not occur twice, that the symbol beside the levels is the topic's, or what stands behind the members wanted.

#include <simdjson.h>
#include <immintrin.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

using namespace simdjson;

namespace {

constexpr size_t padding_bytes = 64;    // readable behind every frame
constexpr int levels_max = 2000;
constexpr int trades_max = 1024;
constexpr int rows_max = 512;
constexpr int scale_e8 = 8;

enum socket_kind : uint8_t { public_socket = 1, private_socket = 2, trade_socket = 3 };

// Numbers of the engine's DecodeStatus.
enum status : int { book_status = 1, trades_status = 2, ticker_status = 3, orders_status = 4, executions_status = 5, positions_status = 6, wallet_status = 7, ack_status = 8, unused_status = 10 };

constexpr int64_t powers_of_ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000};

// ---- digits

// Sixteen digits in each half, most significant first, to one integer each.
inline __m256i weigh(__m256i digits) {
  const __m256i tens = _mm256_set1_epi16(0x010a);
  const __m256i hundreds = _mm256_set1_epi32(0x00010064);
  const __m256i ten_thousands = _mm256_set1_epi32(0x00012710);
  __m256i quads = _mm256_madd_epi16(_mm256_maddubs_epi16(digits, tens), hundreds);
  return _mm256_madd_epi16(_mm256_packus_epi32(quads, quads), ten_thousands);
}

inline int64_t join(uint64_t eights) { return (int64_t)((eights & 0xffffffff) * 100000000 + (eights >> 32)); }

// Texts of one scale: where the digits of each length go, and where the point must be. Padded texts and whole numbers no
// longer than the decimals, "0" among them, are read; the rest is for number().
struct scale {
  alignas(16) uint8_t shuffle[17][16];
  uint32_t points[17];
  int decimals;

  void set(int places) {
    decimals = places;
    for (int length = 0; length <= 16; length++) {
      memset(shuffle[length], 0x80, 16);
      points[length] = ~0u;
      if (length == 0 || length == 16) continue;
      bool whole = places == 0 || length <= places + 1;
      if (whole) {
        if (places > 0 && length + places > 16) continue;
        points[length] = 0;
        for (int i = 0; i < length; i++) shuffle[length][16 - places - length + i] = (uint8_t)i;
      } else {
        int point = length - 1 - places;
        points[length] = 1u << point;
        for (int i = 0, digit = 0; i < length; i++) {
          if (i != point) shuffle[length][16 - (length - 1) + digit++] = (uint8_t)i;
        }
      }
    }
  }
};

struct level { int64_t price, qty; };

// What was wrong in any of the texts converted so far.
struct doubt {
  uint32_t points = 0;
  __m256i digits = _mm256_setzero_si256();

  bool any() const { return points != 0 || _mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(digits, _mm256_set1_epi8(10)), digits)) != 0; }
};

inline void convert(const uint8_t* price, const uint8_t* qty, const scale& price_scale, const scale& qty_scale, level& out, doubt& doubts) {
  __m256i text = _mm256_inserti128_si256(_mm256_castsi128_si256(_mm_loadu_si128((const __m128i*)price)), _mm_loadu_si128((const __m128i*)qty), 1);
  uint32_t quotes = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(text, _mm256_set1_epi8('"')));
  uint32_t points = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(text, _mm256_set1_epi8('.')));
  uint32_t price_length = _tzcnt_u32((quotes & 0xffff) | 0x10000);
  uint32_t qty_length = _tzcnt_u32((quotes >> 16) | 0x10000);
  doubts.points |= _bzhi_u32(points & 0xffff, price_length) ^ price_scale.points[price_length];
  doubts.points |= _bzhi_u32(points >> 16, qty_length) ^ qty_scale.points[qty_length];
  __m256i shuffle = _mm256_inserti128_si256(
      _mm256_castsi128_si256(_mm_load_si128((const __m128i*)price_scale.shuffle[price_length])), _mm_load_si128((const __m128i*)qty_scale.shuffle[qty_length]), 1);
  __m256i digits = _mm256_shuffle_epi8(_mm256_sub_epi8(text, _mm256_set1_epi8('0')), shuffle);
  doubts.digits = _mm256_max_epu8(doubts.digits, digits);
  __m256i eights = weigh(digits);
  out.price = join((uint64_t)_mm256_extract_epi64(eights, 0));
  out.qty = join((uint64_t)_mm256_extract_epi64(eights, 2));
}

struct shuffles {
  alignas(16) uint8_t by_length_and_point[17][17][16];

  shuffles() {
    for (int length = 0; length <= 16; length++) {
      for (int point = 0; point <= 16; point++) {
        uint8_t* shuffle = by_length_and_point[length][point];
        memset(shuffle, 0x80, 16);
        int digits = point < length ? length - 1 : length;
        for (int i = 0, digit = 0; i < length; i++) {
          if (i != point) shuffle[16 - digits + digit++] = (uint8_t)i;
        }
      }
    }
  }
};

const shuffles any_shuffle;

// More than fits a register, or more decimals than are kept: rounded half-even there.
int64_t long_number(const uint8_t* text, int decimals) {
  int64_t value = 0;
  int missing = decimals, first_dropped = -1;
  bool point = false, more = false;
  for (; *text != '"'; text++) {
    if (*text == '.') { point = true; continue; }
    int digit = *text - '0';
    if (digit < 0 || digit > 9) throw simdjson_error(NUMBER_ERROR);
    if (point && missing == 0) {
      if (first_dropped < 0) first_dropped = digit; else more |= digit != 0;
      continue;
    }
    value = value * 10 + digit;
    if (point) missing--;
  }
  for (; missing > 0; missing--) value *= 10;
  if (first_dropped > 5 || (first_dropped == 5 && (more || (value & 1)))) value++;
  return value;
}

// Any decimal text, padded or trimmed, of either sign; an empty one is 0.
inline int64_t number(const uint8_t* text, int decimals) {
  bool negative = *text == '-';
  text += negative;
  __m128i bytes = _mm_loadu_si128((const __m128i*)text);
  uint32_t length = _tzcnt_u32((uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('"'))) | 0x10000);
  uint32_t point = _tzcnt_u32(_bzhi_u32((uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('.'))), length) | (1u << length));
  int fraction = point < length ? (int)(length - point - 1) : 0;
  int64_t value;
  if (length == 16 || fraction > decimals) {
    value = long_number(text, decimals);
  } else {
    __m128i digits = _mm_shuffle_epi8(_mm_sub_epi8(bytes, _mm_set1_epi8('0')), _mm_load_si128((const __m128i*)any_shuffle.by_length_and_point[length][point]));
    if (_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_max_epu8(digits, _mm_set1_epi8(10)), digits)) != 0) throw simdjson_error(NUMBER_ERROR);
    value = join((uint64_t)_mm256_extract_epi64(weigh(_mm256_castsi128_si256(digits)), 0)) * powers_of_ten[decimals - fraction];
  }
  return negative ? -value : value;
}

// ---- texts

template <size_t size>
inline bool is(const uint8_t* text, const char (&wanted)[size]) { return memcmp(text, wanted, size - 1) == 0 && text[size - 1] == '"'; }

inline const uint8_t* raw(simdjson_result<ondemand::value> value) { return (const uint8_t*)value.get_raw_json_string().value().raw(); }

inline const uint8_t* raw(ondemand::object& object, const char* key) { return raw(object.find_field(std::string_view(key))); }

inline uint32_t length_of(const uint8_t* text) { return (uint32_t)((const uint8_t*)memchr(text, '"', SIZE_MAX / 2) - text); }

// Sixteen hex digits, either case.
inline uint64_t hex(__m128i digits) {
  __m128i nibbles = _mm_add_epi8(_mm_and_si128(digits, _mm_set1_epi8(0x0f)), _mm_and_si128(_mm_cmpgt_epi8(digits, _mm_set1_epi8('9')), _mm_set1_epi8(9)));
  __m128i bytes = _mm_maddubs_epi16(nibbles, _mm_set1_epi16(0x0110));
  return _bswap64((uint64_t)_mm_cvtsi128_si64(_mm_packus_epi16(bytes, bytes)));
}

struct id128 { uint64_t high, low; };

// A UUID's bits; of any other text its 128-bit FNV-1a hash, as the engine has it.
inline id128 venue_id(const uint8_t* text) {
  if (*text == '"') return {0, 0};
  if (text[36] == '"' && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-') {
    __m128i a = _mm_loadu_si128((const __m128i*)text), b = _mm_loadu_si128((const __m128i*)(text + 16)), c = _mm_loadu_si128((const __m128i*)(text + 20));
    __m128i high = _mm_or_si128(
        _mm_shuffle_epi8(a, _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, -1, -1)), _mm_shuffle_epi8(b, _mm_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 1)));
    __m128i low = _mm_or_si128(
        _mm_shuffle_epi8(c, _mm_setr_epi8(-1, 0, 1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15)), _mm_shuffle_epi8(b, _mm_setr_epi8(3, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1)));
    return {hex(high), hex(low)};
  }
  unsigned __int128 hash = ((unsigned __int128)0x6c62272e07bb0142 << 64) | 0x62b821756295c58d;
  const unsigned __int128 prime = ((unsigned __int128)0x0000000001000000 << 64) | 0x000000000000013B;
  for (; *text != '"'; text++) hash = (hash ^ *text) * prime;
  return {(uint64_t)(hash >> 64), (uint64_t)hash};
}

struct own_id { uint32_t session, number; };

inline own_id split(uint64_t value) { return {(uint32_t)(value >> 32), (uint32_t)value}; }

inline own_id client_order_id(const uint8_t* text) { return text[0] == 'l' && text[1] == 'e' && text[18] == '"' ? split(hex(_mm_loadu_si128((const __m128i*)(text + 2)))) : own_id{0, 0}; }

inline own_id request_id(const uint8_t* text) { return text[0] == 'r' && text[17] == '"' ? split(hex(_mm_loadu_si128((const __m128i*)(text + 1)))) : own_id{0, 0}; }

inline uint8_t side_of(const uint8_t* text) { return text[0] == 'B' ? 1 : text[0] == 'S' ? 2 : 0; }

inline uint8_t order_status(const uint8_t* text) {
  if (is(text, "New")) return 1;
  if (is(text, "PartiallyFilled")) return 2;
  if (is(text, "Filled")) return 3;
  if (is(text, "Cancelled")) return 4;
  if (is(text, "Rejected")) return 5;
  if (is(text, "Untriggered")) return 6;
  if (is(text, "Triggered")) return 7;
  return is(text, "Deactivated") ? 8 : 255;
}

inline uint8_t cancel_type(const uint8_t* text) {
  if (*text == '"' || is(text, "UNKNOWN")) return 0;
  if (is(text, "CancelByUser")) return 1;
  if (is(text, "CancelByReduceOnly")) return 2;
  if (is(text, "CancelByPrepareLiq") || is(text, "CancelAllBeforeLiq")) return 3;
  if (is(text, "CancelByDCP")) return 4;
  if (is(text, "CancelBySmp")) return 5;
  return is(text, "CancelByAdmin") ? 6 : 255;
}

inline uint8_t reject_reason(const uint8_t* text) {
  if (*text == '"' || is(text, "EC_NoError")) return 0;
  if (is(text, "EC_PerCancelRequest")) return 1;
  if (is(text, "EC_PostOnlyWillTakeLiquidity")) return 2;
  if (is(text, "EC_OrigClOrdIDDoesNotExist")) return 3;
  return is(text, "EC_NoImmediateQtyToFill") || is(text, "EC_NoEnoughQtyToFill") || is(text, "EC_CancelForNoFullFill") ? 4 : 255;
}

inline uint8_t execution_type(const uint8_t* text) {
  if (is(text, "Trade")) return 1;
  if (is(text, "Funding")) return 2;
  if (is(text, "BustTrade")) return 3;
  return is(text, "AdlTrade") ? 4 : 255;
}

inline uint8_t position_status(const uint8_t* text) {
  if (is(text, "Normal")) return 1;
  if (is(text, "Liq")) return 2;
  return is(text, "Adl") ? 3 : 255;
}

inline uint8_t action_of(const uint8_t* text) {
  if (is(text, "order.create")) return 1;
  if (is(text, "order.amend")) return 2;
  return is(text, "order.cancel") ? 3 : 0;
}

// ---- values

struct instrument {
  std::string symbol;
  scale price, qty;
};

struct book_values { int64_t push_ms, match_ms, update_id, sequence; int instrument, depth, bid_count, ask_count; bool is_snapshot; level bids[levels_max], asks[levels_max]; };

struct trade_values { level at; int64_t match_ms, sequence; int id_offset, id_length; uint8_t side; bool is_block, is_rpi; };

struct trades_values { int64_t push_ms; int instrument, count; trade_values rows[trades_max]; };

struct ticker_values {
  int64_t last_price, mark_price, index_price, funding_rate, next_funding_ms, bid_price, bid_qty, ask_price, ask_qty, open_interest, sequence, push_ms;
  int instrument, fields;
  bool is_snapshot;
};

struct order_values { id128 venue; own_id client; int64_t price, qty, leaves_qty, filled_qty, updated_ms; int instrument; uint8_t side, status, cancel_type, reject_reason; bool reduce_only; };

struct execution_values { id128 venue, execution; own_id client; int64_t price, qty, leaves_qty, fee, sequence, executed_ms; int instrument; uint8_t type, side; bool is_maker; };

struct position_values { int64_t size, entry_price, mark_price, liquidation_price, realised, sequence; int instrument; uint8_t status; };

struct wallet_values { int64_t balance, equity, position_margin, order_margin, unusable; };

struct ack_values { id128 venue; own_id request, client; int64_t requests_left, venue_ms; int return_code; uint8_t action; };

}  // namespace

struct simdjson_peer {
  ondemand::parser parser;
  std::vector<instrument> instruments;
  int64_t created_ms;
  int row_count;
  book_values book;
  trades_values trades;
  ticker_values ticker;
  order_values orders[rows_max];
  execution_values executions[rows_max];
  position_values positions[rows_max];
  wallet_values wallet;
  ack_values ack;

  int find(const uint8_t* symbol) const {
    for (size_t i = 0; i < instruments.size(); i++) {
      const std::string& candidate = instruments[i].symbol;
      if (symbol[candidate.size()] == '"' && memcmp(symbol, candidate.data(), candidate.size()) == 0) return (int)i;
    }
    return -1;
  }

  template <bool is_fast>
  void read_levels(ondemand::array side, const instrument& of, level* levels, int& count, doubt& doubts) {
    int read = 0;
    for (auto pair : side) {
      ondemand::array two = pair.get_array();
      auto element = two.begin().value();
      const uint8_t* price = raw(*element);
      ++element;
      const uint8_t* qty = raw(*element);
      ++element;
      if (read == levels_max) throw simdjson_error(CAPACITY);
      level& out = levels[read++];
      if (is_fast) convert(price, qty, of.price, of.qty, out, doubts);
      else out = {number(price, of.price.decimals), number(qty, of.qty.decimals)};
    }
    count = read;
  }

  template <bool is_fast>
  bool read_book(ondemand::object& root, int which, int depth) {
    doubt doubts;
    const instrument& of = instruments[which];
    book.instrument = which;
    book.depth = depth;
    book.is_snapshot = raw(root, "type")[0] == 's';
    book.push_ms = root.find_field("ts").get_int64();
    ondemand::object data = root.find_field("data").get_object();
    read_levels<is_fast>(data.find_field("b").get_array(), of, book.bids, book.bid_count, doubts);
    read_levels<is_fast>(data.find_field("a").get_array(), of, book.asks, book.ask_count, doubts);
    book.update_id = data.find_field("u").get_int64();
    book.sequence = data.find_field("seq").get_int64();
    book.match_ms = root.find_field("cts").get_int64();
    return !doubts.any();
  }

  template <bool is_fast>
  bool read_trades(ondemand::object& root, int which, const uint8_t* frame) {
    doubt doubts;
    const instrument& of = instruments[which];
    trades.instrument = which;
    trades.push_ms = root.find_field("ts").get_int64();
    int read = 0;
    for (auto element : root.find_field("data").get_array()) {
      ondemand::object row = element.get_object();
      if (read == trades_max) throw simdjson_error(CAPACITY);
      trade_values& out = trades.rows[read++];
      out.match_ms = row.find_field("T").get_int64();
      out.side = side_of(raw(row, "S"));
      const uint8_t* qty = raw(row, "v");
      const uint8_t* price = raw(row, "p");
      if (is_fast) convert(price, qty, of.price, of.qty, out.at, doubts);
      else out.at = {number(price, of.price.decimals), number(qty, of.qty.decimals)};
      const uint8_t* id = raw(row, "i");
      out.id_offset = (int)(id - frame);
      out.id_length = id[36] == '"' ? 36 : (int)length_of(id);
      out.is_block = row.find_field("BT").get_bool();
      out.is_rpi = row.find_field("RPI").get_bool();
      out.sequence = row.find_field("seq").get_int64();
    }
    trades.count = read;
    return !doubts.any();
  }

  // Which members a ticker has differs from frame to frame: they are gone through as they come.
  void read_ticker(ondemand::object& root, int which) {
    const instrument& of = instruments[which];
    ticker = {};
    ticker.instrument = which;
    ticker.is_snapshot = raw(root, "type")[0] == 's';
    for (auto field : root.find_field("data").get_object()) {
      const uint8_t* key = (const uint8_t*)field.key().value().raw();
      int decimals = scale_e8, bit;
      int64_t* value;
      if (is(key, "bid1Price")) bit = 32, value = &ticker.bid_price, decimals = of.price.decimals;
      else if (is(key, "bid1Size")) bit = 64, value = &ticker.bid_qty, decimals = of.qty.decimals;
      else if (is(key, "ask1Price")) bit = 128, value = &ticker.ask_price, decimals = of.price.decimals;
      else if (is(key, "ask1Size")) bit = 256, value = &ticker.ask_qty, decimals = of.qty.decimals;
      else if (is(key, "lastPrice")) bit = 1, value = &ticker.last_price, decimals = of.price.decimals;
      else if (is(key, "markPrice")) bit = 2, value = &ticker.mark_price;
      else if (is(key, "indexPrice")) bit = 4, value = &ticker.index_price;
      else if (is(key, "fundingRate")) bit = 8, value = &ticker.funding_rate;
      else if (is(key, "nextFundingTime")) bit = 16, value = &ticker.next_funding_ms, decimals = 0;
      else if (is(key, "openInterest")) bit = 512, value = &ticker.open_interest;
      else continue;
      const uint8_t* text = raw(field.value());
      if (*text == '"') continue;
      *value = number(text, decimals);
      ticker.fields |= bit;
    }
    ticker.sequence = root.find_field("cs").get_int64();
    ticker.push_ms = root.find_field("ts").get_int64();
  }

  void read_order(ondemand::object row) {
    order_values& out = orders[row_count];
    if (!is(raw(row, "category"), "linear") || (out.instrument = find(raw(row, "symbol"))) < 0) return;
    const instrument& of = instruments[out.instrument];
    out.venue = venue_id(raw(row, "orderId"));
    out.client = client_order_id(raw(row, "orderLinkId"));
    out.side = side_of(raw(row, "side"));
    out.status = order_status(raw(row, "orderStatus"));
    out.cancel_type = cancel_type(raw(row, "cancelType"));
    out.reject_reason = reject_reason(raw(row, "rejectReason"));
    out.price = number(raw(row, "price"), of.price.decimals);
    out.qty = number(raw(row, "qty"), of.qty.decimals);
    out.leaves_qty = number(raw(row, "leavesQty"), of.qty.decimals);
    out.filled_qty = number(raw(row, "cumExecQty"), of.qty.decimals);
    out.reduce_only = row.find_field("reduceOnly").get_bool();
    out.updated_ms = number(raw(row, "updatedTime"), 0);
    row_count++;
  }

  void read_execution(ondemand::object row) {
    execution_values& out = executions[row_count];
    if (!is(raw(row, "category"), "linear") || (out.instrument = find(raw(row, "symbol"))) < 0) return;
    const instrument& of = instruments[out.instrument];
    out.fee = number(raw(row, "execFee"), scale_e8);
    out.execution = venue_id(raw(row, "execId"));
    out.price = number(raw(row, "execPrice"), scale_e8);
    out.qty = number(raw(row, "execQty"), of.qty.decimals);
    out.type = execution_type(raw(row, "execType"));
    out.leaves_qty = number(raw(row, "leavesQty"), of.qty.decimals);
    out.venue = venue_id(raw(row, "orderId"));
    out.client = client_order_id(raw(row, "orderLinkId"));
    out.side = side_of(raw(row, "side"));
    out.executed_ms = number(raw(row, "execTime"), 0);
    out.is_maker = row.find_field("isMaker").get_bool();
    out.sequence = row.find_field("seq").get_int64();
    row_count++;
  }

  void read_position(ondemand::object row) {
    position_values& out = positions[row_count];
    if (row.find_field("positionIdx").get_int64().value() != 0 || (out.instrument = find(raw(row, "symbol"))) < 0) return;
    uint8_t side = side_of(raw(row, "side"));
    int64_t size = number(raw(row, "size"), instruments[out.instrument].qty.decimals);
    out.size = side == 2 ? -size : size;
    out.entry_price = number(raw(row, "entryPrice"), scale_e8);
    out.mark_price = number(raw(row, "markPrice"), scale_e8);
    out.realised = number(raw(row, "cumRealisedPnl"), scale_e8);
    out.liquidation_price = number(raw(row, "liqPrice"), scale_e8);
    if (!is(raw(row, "category"), "linear")) return;
    out.status = position_status(raw(row, "positionStatus"));
    out.sequence = row.find_field("seq").get_int64();
    row_count++;
  }

  void read_wallet(ondemand::array accounts) {
    wallet = {};
    for (auto account : accounts) {
      ondemand::object of = account.get_object();
      for (auto element : of.find_field("coin").get_array()) {
        ondemand::object coin = element.get_object();
        if (!is(raw(coin, "coin"), "USDT")) continue;
        wallet.equity = number(raw(coin, "equity"), scale_e8);
        wallet.balance = number(raw(coin, "walletBalance"), scale_e8);
        wallet.order_margin = number(raw(coin, "totalOrderIM"), scale_e8);
        wallet.position_margin = number(raw(coin, "totalPositionIM"), scale_e8);
        int64_t bonus = number(raw(coin, "bonus"), scale_e8);
        wallet.unusable = bonus + number(raw(coin, "locked"), scale_e8);
      }
    }
  }

  int decode_public(ondemand::object& root, const uint8_t* frame, const uint8_t* topic, bool& is_read) {
    if (memcmp(topic, "orderbook.", 10) == 0) {
      int depth = 0;
      const uint8_t* symbol = topic + 10;
      for (; *symbol != '.'; symbol++) depth = depth * 10 + (*symbol - '0');
      int which = find(symbol + 1);
      if (which < 0) return unused_status;
      is_read = read_book<true>(root, which, depth);
      return book_status;
    }
    if (memcmp(topic, "publicTrade.", 12) == 0) {
      int which = find(topic + 12);
      if (which < 0) return unused_status;
      is_read = read_trades<true>(root, which, frame);
      return trades_status;
    }
    if (memcmp(topic, "tickers.", 8) != 0) return unused_status;
    int which = find(topic + 8);
    if (which < 0) return unused_status;
    read_ticker(root, which);
    return ticker_status;
  }

  int decode_private(ondemand::object& root, const uint8_t* topic) {
    created_ms = root.find_field("creationTime").get_int64();
    row_count = 0;
    if (is(topic, "wallet")) {
      read_wallet(root.find_field("data").get_array());
      return wallet_status;
    }
    int kind = is(topic, "order") ? orders_status : is(topic, "execution") ? executions_status : is(topic, "position") ? positions_status : unused_status;
    if (kind == unused_status) return kind;
    for (auto element : root.find_field("data").get_array()) {
      if (row_count == rows_max) throw simdjson_error(CAPACITY);
      ondemand::object row = element.get_object();
      if (kind == orders_status) read_order(row);
      else if (kind == executions_status) read_execution(row);
      else read_position(row);
    }
    return kind;
  }

  int decode_trade(ondemand::object& root) {
    ack.request = request_id(raw(root, "reqId"));
    ack.return_code = (int)root.find_field("retCode").get_int64().value();
    ack.action = action_of(raw(root, "op"));
    ack.venue = {};
    ack.client = {};
    ondemand::object data = root.find_field("data").get_object();
    auto id = data.find_field("orderId");
    if (id.error() == SUCCESS) {
      ack.venue = venue_id(raw(id));
      ack.client = client_order_id(raw(data, "orderLinkId"));
    }
    ondemand::object header = root.find_field("header").get_object();
    ack.requests_left = number(raw(header, "X-Bapi-Limit-Status"), 0);
    ack.venue_ms = number(raw(header, "Timenow"), 0);
    return ack_status;
  }

  int decode(const uint8_t* frame, size_t length, uint8_t socket) {
    ondemand::document document = parser.iterate(padded_string_view(frame, length, length + padding_bytes));
    ondemand::object root = document.get_object();
    if (socket == trade_socket) return decode_trade(root);
    const uint8_t* topic = raw(root, "topic");
    if (socket == private_socket) return decode_private(root, topic);
    bool is_read = true;
    int kind = decode_public(root, frame, topic, is_read);
    return is_read ? kind : decode_again(frame, length);
  }

  // A number that is neither padded to the instrument's scale nor short.
  int decode_again(const uint8_t* frame, size_t length) {
    ondemand::document document = parser.iterate(padded_string_view(frame, length, length + padding_bytes));
    ondemand::object root = document.get_object();
    raw(root, "topic");
    bool is_book = memcmp(frame, "{\"topic\":\"orderbook.", 20) == 0;
    if (is_book) read_book<false>(root, book.instrument, book.depth);
    else read_trades<false>(root, trades.instrument, frame);
    return is_book ? book_status : trades_status;
  }
};

// ---- answers, one line a frame in the order of the C# class Answers

namespace {

struct line {
  std::string text;

  line& add(int64_t value) { return word(std::to_string(value)); }
  line& word(const std::string& value) { text += ' '; text += value; return *this; }
  line& id(own_id value) { return add(value.session).add(value.number); }
  line& id(id128 value) {
    char digits[33];
    snprintf(digits, sizeof digits, "%016lx%016lx", value.high, value.low);
    return word(digits);
  }
  line& at(int64_t value, const scale& of) { return add(value * powers_of_ten[scale_e8 - of.decimals]); }
};

void describe(const simdjson_peer& peer, int kind, const uint8_t* frame, line& out) {
  switch (kind) {
    case book_status: {
      const book_values& book = peer.book;
      const instrument& of = peer.instruments[book.instrument];
      out.text = "orderbook." + std::to_string(book.depth) + "." + of.symbol;
      out.word(book.is_snapshot ? "snapshot" : "delta").add(book.push_ms).add(book.match_ms).add(book.update_id).add(book.sequence).add(book.bid_count).add(book.ask_count);
      for (int i = 0; i < book.bid_count; i++) out.at(book.bids[i].price, of.price).at(book.bids[i].qty, of.qty);
      for (int i = 0; i < book.ask_count; i++) out.at(book.asks[i].price, of.price).at(book.asks[i].qty, of.qty);
      break;
    }
    case trades_status: {
      const instrument& of = peer.instruments[peer.trades.instrument];
      out.text = "publicTrade." + of.symbol;
      out.add(peer.trades.push_ms).add(peer.trades.count);
      for (int i = 0; i < peer.trades.count; i++) {
        const trade_values& row = peer.trades.rows[i];
        out.at(row.at.price, of.price).at(row.at.qty, of.qty).add(row.side).add(row.match_ms).add(row.sequence);
        out.word(std::string((const char*)frame + row.id_offset, row.id_length)).add(row.is_block).add(row.is_rpi);
      }
      break;
    }
    case ticker_status: {
      const ticker_values& row = peer.ticker;
      const instrument& of = peer.instruments[row.instrument];
      out.text = "tickers." + of.symbol;
      out.word(row.is_snapshot ? "snapshot" : "delta").add(row.push_ms).add(row.sequence).add(row.fields);
      out.at(row.last_price, of.price).add(row.mark_price).add(row.index_price).add(row.funding_rate).add(row.next_funding_ms);
      out.at(row.bid_price, of.price).at(row.bid_qty, of.qty).at(row.ask_price, of.price).at(row.ask_qty, of.qty).add(row.open_interest);
      break;
    }
    case orders_status:
      out.text = "order";
      for (int i = 0; i < peer.row_count; i++) {
        const order_values& row = peer.orders[i];
        const instrument& of = peer.instruments[row.instrument];
        out.word(of.symbol).id(row.client).id(row.venue).add(row.side).add(row.status).add(row.cancel_type).add(row.reject_reason).add(row.reduce_only);
        out.at(row.price, of.price).at(row.qty, of.qty).at(row.leaves_qty, of.qty).at(row.filled_qty, of.qty).add(row.updated_ms);
      }
      break;
    case executions_status:
      out.text = "execution";
      for (int i = 0; i < peer.row_count; i++) {
        const execution_values& row = peer.executions[i];
        const instrument& of = peer.instruments[row.instrument];
        out.word(of.symbol).id(row.client).id(row.venue).id(row.execution).add(row.type).add(row.side).add(row.is_maker);
        out.add(row.price).at(row.qty, of.qty).at(row.leaves_qty, of.qty).add(row.fee).add(row.sequence).add(row.executed_ms);
      }
      break;
    case positions_status:
      out.text = "position";
      for (int i = 0; i < peer.row_count; i++) {
        const position_values& row = peer.positions[i];
        const instrument& of = peer.instruments[row.instrument];
        out.word(of.symbol).at(row.size, of.qty).add(row.entry_price).add(row.mark_price).add(row.liquidation_price).add(row.realised).add(row.status).add(row.sequence).add(peer.created_ms);
      }
      break;
    case wallet_status:
      out.text = "wallet";
      out.add(peer.wallet.balance).add(peer.wallet.equity).add(peer.wallet.position_margin).add(peer.wallet.order_margin).add(peer.wallet.unusable).add(peer.created_ms);
      break;
    case ack_status:
      out.text = "ack";
      out.id(peer.ack.request).add(peer.ack.action).add(peer.ack.return_code).id(peer.ack.client).id(peer.ack.venue).add(peer.ack.requests_left).add(peer.ack.venue_ms);
      break;
    default:
      out.text = "Unused";
  }
}

}  // namespace

extern "C" {

simdjson_peer* peer_create(int frame_bytes_max) {
  simdjson_peer* peer = new simdjson_peer();
  if (peer->parser.allocate((size_t)frame_bytes_max) != SUCCESS) { delete peer; return nullptr; }
  return peer;
}

void peer_add_instrument(simdjson_peer* peer, const char* symbol, int price_decimals, int qty_decimals) {
  instrument added;
  added.symbol = symbol;
  added.price.set(price_decimals);
  added.qty.set(qty_decimals);
  peer->instruments.push_back(added);
}

void peer_destroy(simdjson_peer* peer) { delete peer; }

// Decodes the frames once; returns a sum over what they were, or -1 less the place of the first that could not be read.
int64_t peer_decode_all(simdjson_peer* peer, const uint8_t* bytes, const int32_t* offsets, const int32_t* lengths, const uint8_t* sockets, int32_t count) {
  int64_t sum = 0;
  int32_t i = 0;
  try {
    for (; i < count; i++) sum += peer->decode(bytes + offsets[i], (size_t)lengths[i], sockets[i]);
  } catch (const simdjson_error&) {
    return -1 - i;
  }
  return sum;
}

// Decodes one frame and writes its values as a line of text; returns the line's length, more than the capacity where it did not fit.
int32_t peer_answer(simdjson_peer* peer, const uint8_t* frame, int32_t length, uint8_t socket, char* text, int32_t capacity) {
  line out;
  try {
    describe(*peer, peer->decode(frame, (size_t)length, socket), frame, out);
  } catch (const simdjson_error& fault) {
    out.text = fault.what();
  }
  if ((int32_t)out.text.size() <= capacity) memcpy(text, out.text.data(), out.text.size());
  return (int32_t)out.text.size();
}

}
