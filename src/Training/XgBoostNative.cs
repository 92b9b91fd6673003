using System.Runtime.InteropServices;

namespace LatencyEngine.Training;

/// <summary>The C interface of XGBoost 1.7 (xgboost/c_api.h), as far as training needs it.</summary>
internal static unsafe partial class XgBoostNative
{
    private const string Library = "libxgboost.so.0";

    /// <summary>Refuses where the library is missing or so old that it lacks a call.</summary>
    /// <exception cref="XgBoostException">It is; the message says how to get it.</exception>
    public static void RequirePresent()
    {
        try
        {
            XGBoostVersion(out _, out _, out _);
        }
        catch (Exception fault) when (fault is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
        {
            throw new XgBoostException($"training needs XGBoost's library, {Library}, and it is not there; get it with: apt-get install libxgboost0", fault) { IsMissing = true };
        }
    }

    /// <summary>Throws what XGBoost says where a call failed.</summary>
    public static void Check(int status)
    {
        if (status != 0) throw new XgBoostException($"XGBoost: {FirstLine(Marshal.PtrToStringUTF8((nint)XGBGetLastError()))}");
    }

    [LibraryImport(Library)]
    public static partial void XGBoostVersion(out int major, out int minor, out int patch);

    [LibraryImport(Library)]
    public static partial int XGDMatrixCreateFromMat(float* data, ulong rows, ulong columns, float missing, out nint matrix);

    [LibraryImport(Library)]
    public static partial int XGDMatrixFree(nint matrix);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int XGDMatrixSetFloatInfo(nint matrix, string field, float* values, ulong count);

    [LibraryImport(Library)]
    public static partial int XGBoosterCreate(nint* matrices, ulong count, out nint booster);

    [LibraryImport(Library)]
    public static partial int XGBoosterFree(nint booster);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int XGBoosterSetParam(nint booster, string name, string value);

    [LibraryImport(Library)]
    public static partial int XGBoosterUpdateOneIter(nint booster, int iteration, nint matrix);

    [LibraryImport(Library)]
    public static partial int XGBoosterPredict(nint booster, nint matrix, int optionMask, uint treesMax, int training, out ulong count, out float* values);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int XGBoosterSaveModelToBuffer(nint booster, string config, out ulong length, out byte* bytes);

    [LibraryImport(Library)]
    public static partial int XGBoosterLoadModelFromBuffer(nint booster, byte* bytes, ulong length);

    [LibraryImport(Library)]
    private static partial byte* XGBGetLastError();

    private static string FirstLine(string? text)
    {
        string all = text ?? "";
        int end = all.AsSpan().IndexOfAny('\r', '\n');
        return end < 0 ? all : all[..end];
    }
}
