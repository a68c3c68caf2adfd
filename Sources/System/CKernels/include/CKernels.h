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

#if defined(__cplusplus)
}
#endif
