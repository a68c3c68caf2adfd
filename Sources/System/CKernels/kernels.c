/* Choice of the clone, and the scans that need none. */
#define _GNU_SOURCE
#include <string.h>

#include "clones.h"

ck_instructions ck_resolve(ck_instructions wanted) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    int has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2")
        && __builtin_cpu_supports("pclmul") && __builtin_cpu_supports("popcnt");
    int has_avx512 = has_avx2 && __builtin_cpu_supports("avx512f")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl");
    if (wanted >= CK_AVX512 && has_avx512) return CK_AVX512;
    if (wanted >= CK_AVX2 && has_avx2) return CK_AVX2;
#else
    (void)wanted;
#endif
    return CK_PORTABLE;
}

/* Where the field-by-field scan stands. */
enum place { field_start, unquoted, quoted, after_quote };

struct exact_scan {
    const uint8_t *bytes;
    size_t position;
    size_t count;
    ck_csv_format format;
    enum place place;
    int is_record_start;
    int is_comment;
};

static struct exact_scan exact_scan_of(
    const uint8_t *bytes, size_t start, size_t count, ck_csv_format format) {
    return (struct exact_scan){bytes, start, count, format, field_start, 1, 0};
}

/* Whether the record that begins here is a comment; the spaces before a record's first field are no text
 * where comments are allowed. */
static void begin_record(struct exact_scan *scan) {
    scan->is_record_start = 0;
    scan->is_comment = 0;
    if (!scan->format.has_comments) return;
    while (scan->position < scan->count && scan->bytes[scan->position] == ' ') scan->position++;
    scan->is_comment = scan->position < scan->count && scan->bytes[scan->position] == '#';
}

/* Moves behind the next separator. Returns its position, or `count` at the end of the text. */
static size_t next_separator(struct exact_scan *scan) {
    if (scan->is_record_start) begin_record(scan);
    while (scan->position < scan->count) {
        size_t position = scan->position++;
        int byte = scan->bytes[position];
        if (scan->is_comment) {
            if (byte != '\n') continue;
            scan->is_record_start = 1;
            return position;
        }
        if (byte == scan->format.escape && byte != scan->format.quote) {
            if (scan->place == field_start) scan->place = unquoted;
            if (scan->position < scan->count) scan->position++;
            continue;
        }
        if (scan->place == quoted) {
            if (byte != scan->format.quote) continue;
            if (scan->position < scan->count && scan->bytes[scan->position] == byte)
                scan->position++;
            else
                scan->place = after_quote;
            continue;
        }
        if (byte == scan->format.delimiter || byte == '\n') {
            scan->place = field_start;
            scan->is_record_start = byte == '\n';
            return position;
        }
        if (scan->place == field_start)
            scan->place = byte == scan->format.quote ? quoted : unquoted;
    }
    return scan->count;
}

static ck_csv_index exact_separators(
    const uint8_t *bytes, size_t start, size_t count, ck_csv_format format,
    uint32_t *positions) {
    ck_csv_index index = {0};
    struct exact_scan scan = exact_scan_of(bytes, start, count, format);
    for (;;) {
        size_t position = next_separator(&scan);
        if (position == count) break;
        positions[index.separator_count++] = (uint32_t)position;
        if (scan.is_record_start) index.record_count++;
    }
    index.ends_in_quotes = scan.place == quoted;
    index.has_quotes = 1;
    index.has_doubled_quotes = 1;
    index.newline_count = ck_newline_count(bytes + start, count - start);
    for (size_t position = start; position < count; position++)
        index.has_non_ascii |= bytes[position] >> 7;
    return index;
}

static size_t exact_record_end(const uint8_t *bytes, size_t count, ck_csv_format format) {
    struct exact_scan scan = exact_scan_of(bytes, 0, count, format);
    size_t end = 0;
    for (;;) {
        size_t position = next_separator(&scan);
        if (position == count) return end;
        if (scan.is_record_start) end = position + 1;
    }
}

/* Whether only the field-by-field scan knows what the format's special bytes mean here. */
static int needs_exact_scan(const uint8_t *bytes, size_t count, ck_csv_format format) {
    if (format.escape >= 0 && memchr(bytes, format.escape, count)) return 1;
    return format.has_comments && memchr(bytes, '#', count) != NULL;
}

ck_csv_index ck_csv_separators(
    ck_instructions instructions, const uint8_t *bytes, size_t start, size_t count,
    ck_csv_format format, uint32_t *positions) {
    ck_csv_index index;
    int is_regular = 0;
    if (!needs_exact_scan(bytes + start, count - start, format)) {
        switch (ck_resolve(instructions)) {
#if defined(__x86_64__)
        case CK_AVX512:
            is_regular = ck_separators_avx512(bytes, start, count, format, positions, &index);
            break;
        case CK_AVX2:
            is_regular = ck_separators_avx2(bytes, start, count, format, positions, &index);
            break;
#endif
        default:
            is_regular = ck_separators_portable(bytes, start, count, format, positions, &index);
        }
    }
    if (!is_regular) index = exact_separators(bytes, start, count, format, positions);
    size_t last = index.separator_count;
    size_t end = last == 0 ? start : positions[last - 1] + (size_t)(bytes[positions[last - 1]] == '\n');
    if (end < count) {
        positions[index.separator_count++] = (uint32_t)count;
        index.record_count++;
    }
    return index;
}

size_t ck_csv_record_end(
    ck_instructions instructions, const uint8_t *bytes, size_t count, ck_csv_format format) {
    int has_quotes = format.quote >= 0 && memchr(bytes, format.quote, count);
    if (!has_quotes && (format.escape < 0 || !memchr(bytes, format.escape, count)))
        return ck_last_line_end(bytes, count);
    if (needs_exact_scan(bytes, count, format)) return exact_record_end(bytes, count, format);
    size_t end;
    int is_regular;
    switch (ck_resolve(instructions)) {
#if defined(__x86_64__)
    case CK_AVX512:
        is_regular = ck_record_end_avx512(bytes, count, format, &end);
        break;
    case CK_AVX2:
        is_regular = ck_record_end_avx2(bytes, count, format, &end);
        break;
#endif
    default:
        is_regular = ck_record_end_portable(bytes, count, format, &end);
    }
    return is_regular ? end : exact_record_end(bytes, count, format);
}

size_t ck_csv_first_record_end(const uint8_t *bytes, size_t count, ck_csv_format format) {
    struct exact_scan scan = exact_scan_of(bytes, 0, count, format);
    for (;;) {
        size_t position = next_separator(&scan);
        if (position == count) return 0;
        if (scan.is_record_start && !scan.is_comment) return position + 1;
    }
}

/* Without vectors every row is left to the caller, who reads them one by one as well as C would. */
static size_t append_all(size_t row, size_t count, uint32_t *pending) {
    size_t output = 0;
    for (; row < count; row++) pending[output++] = (uint32_t)row;
    return output;
}

size_t ck_read_integers(
    ck_instructions instructions, ck_fields fields, int64_t lowest, int64_t highest,
    int64_t *values, uint32_t *pending) {
    switch (ck_resolve(instructions)) {
#if defined(__x86_64__)
    case CK_AVX512:
        return ck_read_integers_avx512(fields, lowest, highest, values, pending);
    case CK_AVX2:
        return ck_read_integers_avx2(fields, lowest, highest, values, pending);
#endif
    default:
        return append_all(0, fields.count, pending);
    }
}

size_t ck_read_doubles(
    ck_instructions instructions, ck_fields fields, double *values, uint32_t *pending) {
    switch (ck_resolve(instructions)) {
#if defined(__x86_64__)
    case CK_AVX512:
        return ck_read_doubles_avx512(fields, values, pending);
    case CK_AVX2:
        return ck_read_doubles_avx2(fields, values, pending);
#endif
    default:
        return append_all(0, fields.count, pending);
    }
}

size_t ck_read_decimals(
    ck_instructions instructions, ck_fields fields, int scale, uint64_t limit, int64_t *values,
    uint32_t *pending) {
    switch (ck_resolve(instructions)) {
#if defined(__x86_64__)
    case CK_AVX512:
        return ck_read_decimals_avx512(fields, scale, limit, values, pending);
    case CK_AVX2:
        return ck_read_decimals_avx2(fields, scale, limit, values, pending);
#endif
    default:
        return append_all(0, fields.count, pending);
    }
}

size_t ck_read_timestamps(
    ck_instructions instructions, ck_fields fields, size_t *next_row, ck_day day, int precision,
    int64_t *values, uint32_t *pending) {
    switch (ck_resolve(instructions)) {
#if defined(__x86_64__)
    case CK_AVX512:
        return ck_read_timestamps_avx512(fields, next_row, day, precision, values, pending);
    case CK_AVX2:
        return ck_read_timestamps_avx2(fields, next_row, day, precision, values, pending);
#endif
    default: {
        size_t row = *next_row;
        *next_row = fields.count;
        return append_all(row, fields.count, pending);
    }
    }
}

size_t ck_newlines(
    ck_instructions instructions, const uint8_t *bytes, size_t count, uint32_t *positions,
    int *has_non_ascii) {
    switch (ck_resolve(instructions)) {
#if defined(__x86_64__)
    case CK_AVX512:
        return ck_newlines_avx512(bytes, count, positions, has_non_ascii);
    case CK_AVX2:
        return ck_newlines_avx2(bytes, count, positions, has_non_ascii);
#endif
    default:
        return ck_newlines_portable(bytes, count, positions, has_non_ascii);
    }
}

size_t ck_last_line_end(const uint8_t *bytes, size_t count) {
    const uint8_t *last = memrchr(bytes, '\n', count);
    return last ? (size_t)(last - bytes) + 1 : 0;
}

size_t ck_newline_count(const uint8_t *bytes, size_t count) {
    size_t newlines = 0;
    for (size_t position = 0; position < count; position++) newlines += bytes[position] == '\n';
    return newlines;
}

/* Size of the well-formed sequence that begins with a byte above 0x7F; 0 for none.
 * Source: Unicode 15, table 3-7. */
static size_t sequence_size(const uint8_t *bytes, size_t count) {
    uint8_t lead = bytes[0];
    if (lead < 0xC2 || lead > 0xF4) return 0;
    size_t size = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    if (size > count) return 0;
    uint8_t lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    uint8_t highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    if (bytes[1] < lowest || bytes[1] > highest) return 0;
    for (size_t index = 2; index < size; index++)
        if ((bytes[index] & 0xC0) != 0x80) return 0;
    return size;
}

size_t ck_utf8_prefix(const uint8_t *bytes, size_t count) {
    size_t position = 0;
    while (position < count) {
        uint64_t words[2];
        if (count - position >= sizeof words) {
            memcpy(words, bytes + position, sizeof words);
            if (((words[0] | words[1]) & 0x8080808080808080ULL) == 0) {
                position += sizeof words;
                continue;
            }
        }
        size_t limit = position + sizeof words < count ? position + sizeof words : count;
        while (position < limit) {
            size_t size = bytes[position] < 0x80 ? 1 : sequence_size(bytes + position, count - position);
            if (size == 0) return position;
            position += size;
        }
    }
    return count;
}
