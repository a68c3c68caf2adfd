/// Byte kernels with a clone per instruction set, chosen at run time.
///
/// Every function reads up to 64 bytes past the bytes it is given, so those must be readable; their
/// values do not matter. No function allocates, keeps state or fails.
#pragma once

#include <stddef.h>
#include <stdint.h>

#if defined(__cplusplus)
extern "C" {
#endif

/// Which clone to run. A clone that the processor lacks is replaced by the best one it has.
typedef enum ck_instructions {
    CK_PORTABLE = 0,
    CK_AVX2 = 1,
    CK_AVX512 = 2,
    CK_BEST = 255,
} ck_instructions;

/// The clone that `wanted` leads to on this processor.
ck_instructions ck_resolve(ck_instructions wanted);

/// How a CSV text is divided. Bytes that are absent are -1.
///
/// A field that begins with the quote byte runs to the next quote byte that is not doubled; a quote byte
/// elsewhere is text. Records end at 0x0A. The byte after an escape byte is text. With `has_comments`, a
/// record that begins with `#`, after any spaces, ends at the next 0x0A whatever lies between.
typedef struct ck_csv_format {
    int16_t delimiter;
    int16_t quote;
    int16_t escape;
    int16_t has_comments;
} ck_csv_format;

/// What a scan found.
typedef struct ck_csv_index {
    /// Positions written.
    size_t separator_count;
    /// Separators that end a record.
    size_t record_count;
    /// 0x0A bytes, in quotes too.
    size_t newline_count;
    /// Not 0 where a byte above 0x7F was seen.
    int has_non_ascii;
    /// Not 0 where a quote byte was seen.
    int has_quotes;
    /// Not 0 where a quoted field may hold a quote byte.
    int has_doubled_quotes;
    /// Not 0 where the text ends inside quotes.
    int ends_in_quotes;
} ck_csv_index;

/// Finds the delimiters and record ends of `bytes[start ..< count]`, which begins at a record.
///
/// Writes their positions in order, and `count` as the end of a last record without 0x0A. `positions`
/// has room for `count - start + 65` elements.
ck_csv_index ck_csv_separators(
    ck_instructions instructions,
    const uint8_t *bytes,
    size_t start,
    size_t count,
    ck_csv_format format,
    uint32_t *positions);

/// The position behind the last record of `bytes[0 ..< count]` that ends at a 0x0A; 0 without one.
size_t ck_csv_record_end(
    ck_instructions instructions,
    const uint8_t *bytes,
    size_t count,
    ck_csv_format format);

/// The position behind the first record of `bytes[0 ..< count]` that is no comment; 0 where none ends there.
size_t ck_csv_first_record_end(const uint8_t *bytes, size_t count, ck_csv_format format);

/// Writes the positions of all 0x0A in `bytes[0 ..< count]`, and returns how many there are; `positions`
/// has room for `count + 64` elements. Sets `has_non_ascii` to whether a byte above 0x7F was seen.
size_t ck_newlines(
    ck_instructions instructions,
    const uint8_t *bytes,
    size_t count,
    uint32_t *positions,
    int *has_non_ascii);

/// The position behind the last 0x0A of `bytes[0 ..< count]`; 0 without one.
size_t ck_last_line_end(const uint8_t *bytes, size_t count);

/// How many 0x0A are in `bytes[0 ..< count]`.
size_t ck_newline_count(const uint8_t *bytes, size_t count);

/// Size of the longest prefix of `bytes[0 ..< count]` that is well-formed UTF-8.
size_t ck_utf8_prefix(const uint8_t *bytes, size_t count);

/// One field of all rows of a chunk. Row `r`'s bytes are `slots[r * stride] + 1 ..< slots[r * stride + 1]`;
/// the first slot wraps for a row at position 0. Up to 64 bytes behind the last field may be read.
typedef struct ck_fields {
    const uint8_t *bytes;
    const uint32_t *slots;
    size_t stride;
    size_t count;
    /// Whether a carriage return at the end belongs to the line end.
    int trims_carriage_return;
} ck_fields;

/// The ten bytes `yyyy-MM-dd` as two words, the first byte lowest, and the day's first microsecond.
typedef struct ck_day {
    uint64_t low;
    uint64_t high;
    int64_t microseconds;
} ck_day;

/// The field readers below write a value for each row, and into `pending` the rows whose value they could
/// not read: long, unusual, NULL or wrong ones, and some at the end. They return how many those are;
/// `pending` has room for `count + 8` rows. The portable clone reads none.

/// Reads `[-]digits` of up to eight bytes between `lowest` and `highest`.
size_t ck_read_integers(
    ck_instructions instructions,
    ck_fields fields,
    int64_t lowest,
    int64_t highest,
    int64_t *values,
    uint32_t *pending);

/// Reads `[-]digits[.digits]` of up to eight bytes, rounded correctly.
size_t ck_read_doubles(
    ck_instructions instructions,
    ck_fields fields,
    double *values,
    uint32_t *pending);

/// Reads `[-]digits[.digits]` of up to eight bytes and at most `scale` decimals as 128-bit integers (two
/// elements of `values` a row, low half first) of `scale` decimals, with a magnitude below `limit`.
size_t ck_read_decimals(
    ck_instructions instructions,
    ck_fields fields,
    int scale,
    uint64_t limit,
    int64_t *values,
    uint32_t *pending);

/// Reads `yyyy-MM-dd HH:mm:ss[.f]` of the day `day` with at most `precision` (0 to 6) decimals, from row
/// `*next_row` on. Stops where a group of rows begins with another day, and sets `*next_row` to it.
size_t ck_read_timestamps(
    ck_instructions instructions,
    ck_fields fields,
    size_t *next_row,
    ck_day day,
    int precision,
    int64_t *values,
    uint32_t *pending);

#if defined(__cplusplus)
}
#endif
