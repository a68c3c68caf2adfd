/* The body of one clone. Included once per instruction set by a file that has defined
 *
 *   CLONE(name)                  the clone's name for a function
 *   CLONE_TARGET                 its target attribute, or nothing
 *   CLONE_INLINE                 what stands before the helpers below: they must become part of the loop
 *   struct block                 64 bytes in registers
 *   splat, load_block            to make one
 *   equal_mask, high_mask        a bit a byte: equal bytes, bytes above 0x7F
 *   prefix_xor                   bit i of the result: parity of bits 0 to i
 *   write_positions              position + index of each set bit; may write 64 elements too many
 */

/* Bits of a block that begins at `position` that lie before `count`. */
CLONE_INLINE uint64_t inside_mask(size_t position, size_t count) {
    size_t rest = count - position;
    return rest >= 64 ? ~0ULL : (1ULL << rest) - 1;
}

/* Returns 0, with no use of what it wrote, where a quote byte stands inside an unquoted field: the masks
 * pair quote bytes up, which is right only where each pair begins a field or continues a quoted one. */
CLONE_TARGET int CLONE(separators)(
    const uint8_t *bytes, size_t start, size_t count, ck_csv_format format, uint32_t *positions,
    ck_csv_index *index) {
    struct block delimiter = splat((uint8_t)format.delimiter);
    struct block newline = splat('\n');
    /* Without a quote byte, compare with any other and drop the result. */
    struct block quote = splat((uint8_t)format.quote);
    uint64_t quotes_wanted = format.quote < 0 ? 0 : ~0ULL;
    uint64_t in_quotes = 0; /* all ones while a block begins inside quotes */
    uint64_t may_open = 1;  /* bit 0: the byte before the block lets a field begin */
    uint64_t after_quote = 0; /* bit 0: the byte before the block is a quote */
    uint64_t misplaced = 0, quotes_seen = 0, doubled = 0, high = 0;
    size_t records = 0, newlines = 0;
    uint32_t *output = positions;
    for (size_t position = start; position < count; position += 64) {
        uint64_t inside = inside_mask(position, count);
        struct block block = load_block(bytes + position);
        high |= high_mask(block) & inside;
        uint64_t delimiters = equal_mask(block, delimiter) & inside;
        uint64_t ends = equal_mask(block, newline) & inside;
        uint64_t quotes = equal_mask(block, quote) & inside & quotes_wanted;
        uint64_t openers = delimiters | ends | quotes;
        newlines += (size_t)__builtin_popcountll(ends);
        if (quotes | in_quotes) {
            uint64_t quoted = prefix_xor(quotes) ^ in_quotes;
            misplaced |= quotes & quoted & ~(openers << 1 | may_open);
            doubled |= quotes & quoted & (quotes << 1 | after_quote);
            quotes_seen |= quotes;
            in_quotes = (uint64_t)((int64_t)quoted >> 63);
            delimiters &= ~quoted;
            ends &= ~quoted;
        }
        may_open = openers >> 63;
        after_quote = quotes >> 63;
        records += (size_t)__builtin_popcountll(ends);
        output = write_positions(output, delimiters | ends, (uint32_t)position);
    }
    index->separator_count = (size_t)(output - positions);
    index->record_count = records;
    index->newline_count = newlines;
    index->has_non_ascii = high != 0;
    index->has_quotes = quotes_seen != 0;
    index->has_doubled_quotes = doubled != 0;
    index->ends_in_quotes = in_quotes != 0;
    return misplaced == 0;
}

/* Sets `end` behind the last record; returns 0 as `separators` does. */
CLONE_TARGET int CLONE(record_end)(
    const uint8_t *bytes, size_t count, ck_csv_format format, size_t *end) {
    struct block delimiter = splat((uint8_t)format.delimiter);
    struct block newline = splat('\n');
    struct block quote = splat((uint8_t)format.quote);
    uint64_t in_quotes = 0, may_open = 1, misplaced = 0, last_ends = 0;
    size_t last_position = 0;
    for (size_t position = 0; position < count; position += 64) {
        uint64_t inside = inside_mask(position, count);
        struct block block = load_block(bytes + position);
        uint64_t ends = equal_mask(block, newline) & inside;
        uint64_t quotes = equal_mask(block, quote) & inside;
        uint64_t openers = equal_mask(block, delimiter) | ends | quotes;
        uint64_t quoted = prefix_xor(quotes) ^ in_quotes;
        misplaced |= quotes & quoted & ~(openers << 1 | may_open);
        may_open = openers >> 63;
        in_quotes = (uint64_t)((int64_t)quoted >> 63);
        ends &= ~quoted;
        last_position = ends ? position : last_position;
        last_ends = ends ? ends : last_ends;
    }
    *end = last_ends ? last_position + 64 - (size_t)__builtin_clzll(last_ends) : 0;
    return misplaced == 0;
}

CLONE_TARGET size_t CLONE(newlines)(
    const uint8_t *bytes, size_t count, uint32_t *positions, int *has_non_ascii) {
    struct block newline = splat('\n');
    uint32_t *output = positions;
    uint64_t high = 0;
    for (size_t position = 0; position < count; position += 64) {
        uint64_t inside = inside_mask(position, count);
        struct block block = load_block(bytes + position);
        high |= high_mask(block) & inside;
        output = write_positions(
            output, equal_mask(block, newline) & inside, (uint32_t)position);
    }
    *has_non_ascii = high != 0;
    return (size_t)(output - positions);
}
