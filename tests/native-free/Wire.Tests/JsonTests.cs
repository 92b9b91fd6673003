using System.Text;
using System.Text.Json.Nodes;
using LatencyEngine.TestData;

namespace LatencyEngine.Wire.Tests;

public sealed class JsonTests
{
    private readonly BybitDecoder _decoder = new(Instruments.Table);

    [Fact]
    public void Members_may_come_in_any_order()
    {
        const int Seed = 20261120;
        var random = new Random(Seed);
        foreach ((Socket socket, string frame) in Frames.All)
        {
            string expected = Decoded.Text(_decoder, socket, Frames.Bytes(frame));
            for (int round = 0; round < 40; round++)
            {
                string shuffled = Shuffled(JsonNode.Parse(frame)!, random).ToJsonString();
                Assert.True(expected == Decoded.Text(_decoder, socket, Frames.Bytes(shuffled)), $"seed {Seed}, round {round}: {shuffled}");
            }
        }
    }

    [Fact]
    public void Unknown_members_are_passed_over_wherever_they_stand()
    {
        string[] members =
        [
            """ "zz":"\"\\\/\b\f\n\r\t\u00e9\uD800" """, """ "z\u0065z" : [ [ ] , { } , -0.5e+10 , true , false , null , "topic" ] """, """ "topics":{"topic":"x","data":[{"s":"y"}]} """, "\"\":\"\u00ff\u0080\"",
        ];
        foreach ((Socket socket, string frame) in Frames.All)
        {
            string expected = Decoded.Text(_decoder, socket, Frames.Bytes(frame));
            for (int i = 0; i < frame.Length; i++)
            {
                if (frame[i] != '{' || frame[i + 1] == '}') continue;
                foreach (string member in members)
                {
                    string extended = frame[..(i + 1)] + member + "," + frame[(i + 1)..];
                    Assert.Equal(expected, Decoded.Text(_decoder, socket, Frames.Bytes(extended)));
                }
            }
        }
    }

    [Fact]
    public void White_space_between_tokens_changes_nothing()
    {
        foreach ((Socket socket, string frame) in Frames.All)
        {
            string spaced = JsonNode.Parse(frame)!.ToJsonString(new System.Text.Json.JsonSerializerOptions { WriteIndented = true });
            Assert.Equal(Decoded.Text(_decoder, socket, Frames.Bytes(frame)), Decoded.Text(_decoder, socket, Frames.Bytes("\r\n\t " + spaced + " \n")));
        }
    }

    [Fact]
    public void An_escaped_text_is_the_text_it_stands_for()
    {
        foreach ((Socket socket, string frame) in Frames.All)
        {
            string expected = Decoded.Text(_decoder, socket, Frames.Bytes(frame));
            string escaped = frame.Replace("\"topic\"", "\"\\u0074opic\"", StringComparison.Ordinal).Replace("BTCUSDT", "BTC\\u0055SDT", StringComparison.Ordinal)
                .Replace("linear", "l\\u0069near", StringComparison.Ordinal).Replace("\"price\"", "\"pric\\u0065\"", StringComparison.Ordinal).Replace("order.", "order\\u002e", StringComparison.Ordinal);
            Assert.NotEqual(frame, escaped);
            Assert.Equal(expected, Decoded.Text(_decoder, socket, Frames.Bytes(escaped)));
        }

        Assert.Equal(DecodeStatus.Malformed, _decoder.DecodePublic(Frames.Bytes(Frames.BookDelta.Replace("orderbook.50.BTCUSDT", "orderbook.50.BTCUSDT\\u00e9", StringComparison.Ordinal))));
        Assert.Equal(DecodeStatus.Malformed, _decoder.DecodePublic(Frames.Bytes(Frames.BookDelta.Replace("orderbook.50.BTCUSDT", "orderbook.50.BTCUSDT\\n" + new string('X', 64), StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"topic\"")]
    [InlineData("{\"op\":\"x\"")]
    [InlineData("{\"op\":\"x\"}}")]
    [InlineData("{\"op\":\"x\"} {")]
    [InlineData("{\"op\":\"x\"}\0")]
    [InlineData("{\"op\":\"x\",}")]
    [InlineData("{,\"op\":\"x\"}")]
    [InlineData("{\"op\":\"x\" \"b\":1}")]
    [InlineData("{\"op\" \"x\"}")]
    [InlineData("{op:\"x\"}")]
    [InlineData("{'op':'x'}")]
    [InlineData("{\"op\":\"x\",\"a\":01}")]
    [InlineData("{\"op\":\"x\",\"a\":1.}")]
    [InlineData("{\"op\":\"x\",\"a\":.1}")]
    [InlineData("{\"op\":\"x\",\"a\":+1}")]
    [InlineData("{\"op\":\"x\",\"a\":-}")]
    [InlineData("{\"op\":\"x\",\"a\":1e}")]
    [InlineData("{\"op\":\"x\",\"a\":NaN}")]
    [InlineData("{\"op\":\"x\",\"a\":tru}")]
    [InlineData("{\"op\":\"x\",\"a\":True}")]
    [InlineData("{\"op\":\"x\",\"a\":nullx}")]
    [InlineData("{\"op\":\"x\",\"a\":[1,]}")]
    [InlineData("{\"op\":\"x\",\"a\":[,1]}")]
    [InlineData("{\"op\":\"x\",\"a\":[1 2]}")]
    [InlineData("{\"op\":\"x\",\"a\":[1}")]
    [InlineData("{\"op\":\"x\",\"a\":{]}")]
    [InlineData("{\"op\":\"x\",\"a\":\"\n\"}")]
    [InlineData("{\"op\":\"x\",\"a\":\"\\x\"}")]
    [InlineData("{\"op\":\"x\",\"a\":\"\\u12g4\"}")]
    [InlineData("{\"op\":\"x\",\"a\":\"\\u12")]
    [InlineData("{\"op\":\"x\",\"a\":\"\\")]
    [InlineData("{\"op\":\"x\"/**/}")]
    [InlineData("\u00ef\u00bb\u00bf{\"op\":\"x\"}")]
    [InlineData("{\"op\":\"x\",\"op\":\"y\"}")]
    public void What_is_not_one_JSON_object_is_malformed(string frame) => Assert.Equal(DecodeStatus.Malformed, _decoder.DecodePublic(Frames.Bytes(frame)));

    [Theory]
    [InlineData(32, DecodeStatus.Control)]
    [InlineData(33, DecodeStatus.Malformed)]
    [InlineData(100_000, DecodeStatus.Malformed)]
    public void Nesting_is_limited(int depth, DecodeStatus expected) =>
        Assert.Equal(expected, _decoder.DecodePublic(Frames.Bytes("{\"op\":\"x\",\"a\":" + new string('[', depth) + new string(']', depth) + "}")));

    [ReferenceFact("reference/bybit-v5-messages.jsonl")]
    public void Every_collected_message_of_the_venue_is_read_as_the_slow_reader_reads_it()
    {
        var statuses = new Dictionary<DecodeStatus, int>();
        foreach (string line in File.ReadLines(ReferenceFiles.TryReference("reference/bybit-v5-messages.jsonl")!))
        {
            JsonNode row = JsonNode.Parse(line)!;
            string channel = (string)row["channel"]!;
            if (!(bool)row["valid_json"]! || (string)row["direction"]! != "in" || channel is not ("public" or "private" or "trade")) continue;
            var name = (string)row["name"]!;
            Socket socket = channel switch { "public" => Socket.Public, "private" => Socket.Private, _ => Socket.Trade };
            byte[] frame = Frames.Bytes((string)row["raw"]!);
            Assert.True(SlowReader.Text(socket, frame) == Decoded.Text(_decoder, socket, frame), name);
            DecodeStatus status = Decoded.Status(_decoder, socket, frame);
            Assert.True(status != DecodeStatus.Malformed, name);
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
        }

        // Of the orders one is an option's; the fast executions are unused; of three wallets one has a USDT row.
        Assert.Equal(6, statuses[DecodeStatus.Orders]);
        Assert.Equal(3, statuses[DecodeStatus.Executions]);
        Assert.Equal(4, statuses[DecodeStatus.Positions]);
        Assert.Equal(1, statuses[DecodeStatus.Wallet]);
        Assert.Equal(8, statuses[DecodeStatus.Ack]);
        Assert.Equal(0UL, _decoder.UnknownEnumValues);
    }

    private static JsonNode Shuffled(JsonNode node, Random random)
    {
        switch (node)
        {
            case JsonObject members:
                KeyValuePair<string, JsonNode?>[] pairs = [.. members];
                random.Shuffle(pairs);
                return new JsonObject(pairs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value is null ? null : (JsonNode?)Shuffled(pair.Value, random))));
            case JsonArray elements:
                return new JsonArray([.. elements.Select(element => Shuffled(element!, random))]);
            default:
                return node.DeepClone();
        }
    }
}
