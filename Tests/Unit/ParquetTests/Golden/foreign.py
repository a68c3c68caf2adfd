"""Makes foreign.parquet: what other writers put into files and our own writer does not. Needs pyarrow."""
import decimal as d, sys
import pyarrow as pa, pyarrow.parquet as pq

columns = {
    "u8": pa.array([255, None, 0], pa.uint8()),
    "u16": pa.array([65535, None, 0], pa.uint16()),
    "u32": pa.array([4294967295, None, 0], pa.uint32()),
    "u64": pa.array([18446744073709551615, None, 0], pa.uint64()),
    "ts_ms": pa.array([-1, None, 1], pa.timestamp("ms")),
    "ts_ns": pa.array([-1, None, 1999], pa.timestamp("ns")),
    "ts_zone": pa.array([-1, None, 1], pa.timestamp("us", "America/New_York")),
    "time_ms": pa.array([1, None, 2], pa.time32("ms")),
    "time_ns": pa.array([1999, None, 2000], pa.time64("ns")),
    "small_decimal": pa.array([d.Decimal("-1.25"), None, d.Decimal("3.00")], pa.decimal128(5, 2)),
    "fixed": pa.array([b"abc", None, b"xyz"], pa.binary(3)),
    "large": pa.array(["one", None, "three"], pa.large_string()),
    "category": pa.array(["x", None, "x"]).dictionary_encode(),
    "list": pa.array([[1], None, [2, 3]], pa.list_(pa.int64())),
    "single": pa.array([1.5, None, 2.5], pa.float32()),
    "tail": pa.array([7, 8, 9], pa.int64()),
}
pq.write_table(pa.table(columns), sys.argv[1], version="2.6", compression="zstd")
wide = pa.table({"wide": pa.array([d.Decimal(1)], pa.decimal256(50, 2)), "plain": pa.array([1], pa.int64())})
pq.write_table(wide, sys.argv[2])
