using LatencyEngine.MetaModel;

namespace LatencyEngine.Budgets;

/// <summary>A row through five hundred trees, each answer compared with what the trees were written from. Not on the hot path: the slow thread predicts.</summary>
internal sealed class MetaModelStage : Stage
{
    private readonly BoostedTrees _trees = BoostedTrees.Parse(MadeTrees.Json());
    private readonly float[][] _rows;
    private readonly long[] _answers;

    /// <summary>Takes that many rows.</summary>
    public MetaModelStage(int rows)
    {
        _rows = MadeTrees.Rows(rows);
        _answers = [.. _rows.Select(row => (long)BitConverter.SingleToUInt32Bits(MadeTrees.Margin(row)))];
    }

    public override long Run(int items)
    {
        long sum = 0;
        for (int i = 0, row = 0; i < items; i++)
        {
            sum += BitConverter.SingleToUInt32Bits(_trees.Margin(_rows[row]));
            row = row + 1 < _rows.Length ? row + 1 : 0;
        }

        return sum;
    }

    public override long Expected(int items) => SumOverLaps(_answers, items);
}
