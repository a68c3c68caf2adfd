internal import CYAML
internal import Failures

/// One step of a YAML text.
struct YAMLEvent {
    enum Kind {
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(String, isPlain: Bool)
        case sequenceStart
        case sequenceEnd
        case mappingStart
        case mappingEnd
        /// Streams' starts; nothing to do.
        case other
    }

    var kind: Kind
    var anchor: String?
    /// An explicit tag, spelled out: `tag:yaml.org,2002:str`.
    var tag: String?
    var position: SourcePosition
}

/// The steps of a text, as libyaml finds them.
///
/// SAFETY: `parser` and `text` are allocated in `init`, stay at one address, and are freed in `deinit`; libyaml reads
/// `text` only, and events are copied and released before the next one.
@safe
final class YAMLEventReader {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeMutableBufferPointer<UInt8>
    private let source: String

    init(_ bytes: [UInt8], source: String) throws(YAMLError) {
        self.source = source
        unsafe parser = .allocate(capacity: 1)
        unsafe text = .allocate(capacity: max(bytes.count, 1))
        _ = unsafe text.initialize(from: bytes)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            unsafe parser.deallocate()
            unsafe text.deallocate()
            throw YAMLError(
                "there is not enough memory to read it",
                remedy: "free memory",
                at: SourcePosition(source: source, line: 1, column: 1)
            )
        }
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, text.baseAddress, bytes.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe text.deallocate()
    }

    /// The next step.
    func next() throws(YAMLError) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw error() }
        defer { unsafe yaml_event_delete(&event) }
        return unsafe Self.copy(event, position(event.start_mark))
    }

    private func position(_ mark: yaml_mark_t) -> SourcePosition {
        SourcePosition(source: source, line: Int(mark.line) + 1, column: Int(mark.column) + 1)
    }

    /// SAFETY: the texts of `event` are valid until it is deleted, and copied here.
    @unsafe
    private static func copy(_ event: yaml_event_t, _ position: SourcePosition) -> YAMLEvent {
        var step = YAMLEvent(kind: .other, position: position)
        switch unsafe event.type {
        case YAML_STREAM_END_EVENT: step.kind = .streamEnd
        case YAML_DOCUMENT_START_EVENT: step.kind = .documentStart
        case YAML_DOCUMENT_END_EVENT: step.kind = .documentEnd
        case YAML_ALIAS_EVENT:
            step.kind = .alias(unsafe string(event.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            step.kind = .scalar(
                unsafe String(decoding: bytes, as: UTF8.self),
                isPlain: unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
            )
            step.anchor = unsafe string(scalar.anchor)
            step.tag = unsafe string(scalar.tag)
        case YAML_SEQUENCE_START_EVENT:
            step.kind = .sequenceStart
            step.anchor = unsafe string(event.data.sequence_start.anchor)
            step.tag = unsafe string(event.data.sequence_start.tag)
        case YAML_SEQUENCE_END_EVENT: step.kind = .sequenceEnd
        case YAML_MAPPING_START_EVENT:
            step.kind = .mappingStart
            step.anchor = unsafe string(event.data.mapping_start.anchor)
            step.tag = unsafe string(event.data.mapping_start.tag)
        case YAML_MAPPING_END_EVENT: step.kind = .mappingEnd
        default: break
        }
        return step
    }

    /// SAFETY: `text` is nil or ends with a 0.
    @unsafe
    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        unsafe text.map { unsafe String(cString: $0) }
    }

    /// What libyaml complains about.
    private func error() -> YAMLError {
        let state = unsafe parser.pointee
        // SAFETY: libyaml's sentences are constants that end with a 0.
        let problem = unsafe state.problem.map { unsafe String(cString: $0) } ?? "it cannot be read"
        let context = unsafe state.context.map { unsafe String(cString: $0) + ": " } ?? ""
        switch unsafe state.error {
        case YAML_MEMORY_ERROR:
            return YAMLError(
                "there is not enough memory to read it",
                remedy: "free memory",
                at: unsafe position(state.mark)
            )
        case YAML_READER_ERROR:
            let position = unsafe position(atByte: state.problem_offset)
            return YAMLError(problem, remedy: "write the text in UTF-8", at: position)
        default:
            return YAMLError(
                context + problem,
                remedy: "mend the indentation, quotes or brackets there",
                at: unsafe position(state.problem_mark)
            )
        }
    }

    private func position(atByte offset: Int) -> SourcePosition {
        var line = 1
        var column = 1
        for index in 0..<min(offset, unsafe text.count) {
            let byte = unsafe text[index]
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return SourcePosition(source: source, line: line, column: column)
    }
}
