using System.Text.Json.Nodes;
using LatencyEngine.Model;
using LatencyEngine.TestData;

namespace LatencyEngine.Wire.Tests;

/// <summary>Which frames the fast readers take. That they read them as the complete reader does is in <see cref="DifferentialTests"/>.</summary>
public sealed class FastStreamTests
{
    private readonly BybitDecoder _decoder = new(Instruments.Table);

    [Fact]
    public void Every_documented_frame_takes_the_fast_path()
    {
        foreach ((Socket socket, string frame) in Frames.All) AssertFast(socket, frame);
        AssertFast(Socket.Private, Frames.OrderWithParent);
    }

    [Fact]
    public void Every_frame_of_the_genuine_recording_takes_the_fast_path_but_the_replies()
    {
        int replies = 0;
        foreach (byte[] frame in Frames.Recorded(Frames.GenuineRecording))
        {
            ulong slow = _decoder.SlowFrames;
            if (_decoder.DecodePublic(frame) == DecodeStatus.Control) replies++;
            else Assert.True(_decoder.SlowFrames == slow, System.Text.Encoding.Latin1.GetString(frame));
        }

        Assert.Equal((17, 17UL), (replies, _decoder.SlowFrames));
    }

    [Fact]
    public void Another_order_of_members_and_members_nobody_knows_stay_on_the_fast_path()
    {
        foreach ((Socket socket, string frame) in Frames.All.Where(pair => pair.Socket != Socket.Public))
        {
            AssertFast(socket, frame.Replace("\"symbol\":", "\"newToday\":[{\"a\":\"\\n\"}],\"symbol\":", StringComparison.Ordinal).Replace("\"reqId\":", "\"later\":-1.5e3,\"reqId\":", StringComparison.Ordinal));
        }

        var row = JsonNode.Parse(Frames.OrderFilled)!.AsObject();
        JsonObject order = row["data"]![0]!.AsObject();
        var reversed = new JsonObject(order.Reverse().Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())));
        AssertFast(Socket.Private, $$"""{"topic":"order","creationTime":1759432560943,"data":[{{reversed.ToJsonString()}}]}""");
    }

    [Fact]
    public void An_empty_message_and_many_rows_stay_on_the_fast_path()
    {
        int start = Frames.OrderFilled.IndexOf("[{", StringComparison.Ordinal);
        string row = Frames.OrderFilled[(start + 1)..^2];
        AssertFast(Socket.Private, Frames.OrderFilled[..start] + "[]}");
        Assert.Empty(_decoder.Orders.ToArray());
        AssertFast(Socket.Private, Frames.OrderFilled[..(start + 1)] + string.Join(',', Enumerable.Repeat(row, BybitDecoder.RowsMax)) + "]}");
        Assert.Equal(BybitDecoder.RowsMax, _decoder.Orders.Length);
    }

    [Fact]
    public void Members_whose_values_change_stay_on_the_fast_path_and_read_alike()
    {
        var readers = new ThreeReaders(Instruments.Table);
        string[] unwanted = ["\"slippageTolerance\":\"0\"", "\"orderIv\":\"\"", "\"triggerDirection\":0", "\"cumFeeDetail\":{}", "\"closeOnTrigger\":false", "\"leavesValue\":\"618.002\""];
        string[] values = ["\"0\"", "\"\"", "0", "12", "123456789012345678", "{}", "{\"USDT\":\"1\"}", "false", "true", "null", "[]", "-0.5e7", "\"\\u0041\"", "\"forty characters are more than thirty-two\"", $"\"{new string('x', 300)}\""];
        foreach (string member in unwanted)
        {
            Assert.Contains(member, Frames.OrderWithParent, StringComparison.Ordinal);
            foreach (string value in values)
            {
                string frame = Frames.OrderWithParent.Replace(member, member[..(member.IndexOf(':', StringComparison.Ordinal) + 1)] + value, StringComparison.Ordinal);
                AssertFast(Socket.Private, frame);
                readers.Agree(Socket.Private, Frames.Bytes(frame), () => $"{member} as {value}");
            }
        }
    }

    [Fact]
    public void Any_byte_at_any_place_reads_alike_behind_frames_that_showed_which_members_stay()
    {
        byte[] bytes = [.. "\",}0:\\{a]"u8];
        int accepted = 0;
        foreach ((Socket socket, string text) in Frames.All.Where(pair => pair.Socket != Socket.Public))
        {
            byte[] sound = Frames.Bytes(text);
            for (int at = 0; at < sound.Length; at++)
            {
                // A damaged frame shortens what later ones are compared with, so each meets readers that have seen none.
                var readers = new ThreeReaders(Instruments.Table);
                readers.Agree(socket, sound, () => "sound");
                readers.Agree(socket, sound, () => "sound, again");
                byte[] damaged = [.. sound];
                damaged[at] = bytes[at % bytes.Length];
                readers.Agree(socket, damaged, () => $"{(char)damaged[at]} at {at}");
                readers.Agree(socket, sound, () => $"sound, behind {(char)damaged[at]} at {at}");
                accepted += readers.Accepted - 3;
            }
        }

        Assert.True(accepted > 500, $"only {accepted} of the damaged frames were read");
    }

    [Fact]
    public void A_number_of_a_private_row_reads_alike_in_any_print()
    {
        var readers = new ThreeReaders(Instruments.Table);
        const string Fee = "\"execFee\":\"0.0256322\"";
        foreach (string digits in (string[])["12345678901234567890", "00000000000000000001", "99999999999999999999"])
        {
            for (int length = 1; length <= digits.Length; length++)
            {
                for (int point = -1; point <= length; point++)
                {
                    foreach (char mark in (char[])['.', '-', '/', ':', '\u007f', '\u0090'])
                    {
                        string number = point < 0 ? digits[..length] : digits[..length].Insert(point, mark.ToString());
                        foreach (string print in (string[])[number, "-" + number, number + "."])
                        {
                            readers.Agree(Socket.Private, Frames.Bytes(Frames.Execution.Replace(Fee, $"\"execFee\":\"{print}\"", StringComparison.Ordinal)), () => print);
                        }
                    }
                }
            }
        }

        Assert.True(readers.Accepted > 500, $"only {readers.Accepted} were read");
    }

    [Theory]
    [InlineData("{\"topic\":", "{,\"topic\":")]
    [InlineData(",\"data\":", ",,\"data\":")]
    [InlineData("[{\"category\"", "[,{\"category\"")]
    [InlineData("[{\"category\"", "[{,\"category\"")]
    [InlineData("}}]}", "}},]}")]
    [InlineData("}}]}", "}}]")]
    [InlineData("}}]}", "}}]},")]
    [InlineData("}}]}", "}}{}]}")]
    [InlineData("}}]}", "}}]\"id\":\"\"}")]
    [InlineData("}}]}", "}}],}")]
    [InlineData("\"positionIdx\":0,", "\"positionIdx\":00,")]
    [InlineData("\"positionIdx\":0,", "\"positionIdx\":0x,")]
    [InlineData("\"positionIdx\":0,", "\"positionIdx\":,")]
    [InlineData("\"reduceOnly\":false", "\"reduceOnly\":falsE")]
    [InlineData("\"closeOnTrigger\":false", "\"closeOnTrigger\":xalse")]
    [InlineData("\"orderIv\":\"\"", "\"orderIv\":\"\t\"")]
    [InlineData("\"orderIv\":\"\"", "\"orderIv\":\"\\q\"")]
    [InlineData("\"orderIv\":\"\",", "\0rderIv\":\"\",")]
    [InlineData("\"orderIv\":\"\",", "\"orderIv\":\"\",\"qty\":\"0.2\",")]
    [InlineData("\"cumFeeDetail\":{\"USDT\":", "\"cumFeeDetail\":{\"USDT\"")]
    public void What_is_malformed_is_left_to_the_complete_reader_which_refuses_it(string was, string becomes)
    {
        Assert.Contains(was, Frames.OrderFilled, StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Malformed, _decoder.DecodePrivate(Frames.Bytes(Frames.OrderFilled.Replace(was, becomes, StringComparison.Ordinal))));
        Assert.Equal((0UL, 1UL), (_decoder.FastFrames, _decoder.SlowFrames));
    }

    [Fact]
    public void A_frame_that_is_read_twice_counts_its_unknown_texts_and_skipped_rows_once()
    {
        int start = Frames.OrderFilled.IndexOf("[{", StringComparison.Ordinal);
        string row = Frames.OrderFilled[(start + 1)..^2];
        string unknown = row.Replace("EC_NoError", "EC_Others", StringComparison.Ordinal);
        string skipped = row.Replace("SOLUSDT", "NOPEUSDT", StringComparison.Ordinal);
        string blank = row.Replace("\"side\":", "\"side\": ", StringComparison.Ordinal).Replace(",\"symbol\"", ", \"symbol\"", StringComparison.Ordinal);
        Assert.Equal(DecodeStatus.Orders, _decoder.DecodePrivate(Frames.Bytes(Frames.OrderFilled[..(start + 1)] + $"{unknown},{skipped},{blank}" + "]}")));
        Assert.Equal((1UL, 1UL, 1UL), (_decoder.UnknownEnumValues, _decoder.SkippedRows, _decoder.SlowFrames));
    }

    [ReferenceFact("reference/bybit-v5-messages.jsonl")]
    public void Every_captured_private_message_and_acknowledgement_takes_the_fast_path()
    {
        int count = 0;
        foreach (string line in File.ReadLines(ReferenceFiles.TryReference("reference/bybit-v5-messages.jsonl")!))
        {
            JsonNode row = JsonNode.Parse(line)!;
            var name = (string)row["name"]!;
            string channel = (string)row["channel"]!;
            if (!name.Contains(".captured", StringComparison.Ordinal) || (string)row["direction"]! != "in" || channel is not ("private" or "trade")) continue;
            if (name.Contains(".auth.", StringComparison.Ordinal) || name.Contains(".pong.", StringComparison.Ordinal)) continue;
            Socket socket = channel == "private" ? Socket.Private : Socket.Trade;
            var frame = (string)row["raw"]!;

            // Compact on the wire; some were collected in print.
            AssertFast(socket, JsonNode.Parse(frame)!.ToJsonString());
            count++;
        }

        Assert.Equal(21, count);
    }

    private void AssertFast(Socket socket, string frame)
    {
        ulong before = _decoder.FastFrames;
        Decoded.Status(_decoder, socket, Frames.Bytes(frame));
        Assert.True(_decoder.FastFrames == before + 1, frame);
    }
}
