package import Failures

extension ProcessorConfiguration {
    /// Reads a processor string: trimmed, without regard to case.
    ///
    /// - Parameters:
    ///   - text: the string as configured.
    ///   - source: what it was given by, for positions: `--processor`.
    /// - Returns: the configuration; never one that cannot be printed and read again.
    /// - Throws: exactly one `CFG_` failure with a column.
    package static func parse(
        _ text: String,
        source: String = "processor"
    ) throws(Failure) -> ProcessorConfiguration {
        try ProcessorParser(text, source: source).parse()
    }
}

/// Reads processor strings.
private struct ProcessorParser {
    private let source: String
    /// The pieces between colons, in lower case, with their columns.
    private let pieces: [Piece]

    private struct Piece {
        var text: String
        var column: Int
    }

    init(_ text: String, source: String) {
        self.source = source
        var pieces: [Piece] = []
        var current = Piece(text: "", column: 1)
        var inBrackets = false
        for (index, scalar) in Self.trimmed(text) {
            if current.text.isEmpty, pieces.isEmpty { current.column = min(current.column, index) }
            if scalar == ":", !inBrackets {
                pieces.append(current)
                current = Piece(text: "", column: index + 1)
                continue
            }
            if current.text.isEmpty { current.column = index }
            if scalar == "[" { inBrackets = true }
            if scalar == "]" { inBrackets = false }
            current.text.unicodeScalars.append(Self.lowercased(scalar))
        }
        pieces.append(current)
        self.pieces = pieces
    }

    /// The scalars without blanks at both ends, with their columns from 1.
    private static func trimmed(_ text: String) -> [(Int, Unicode.Scalar)] {
        let scalars = Array(text.unicodeScalars)
        let isBlank = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
        guard let first = scalars.firstIndex(where: { !isBlank($0) }),
            let last = scalars.lastIndex(where: { !isBlank($0) })
        else { return [] }
        return (first...last).map { ($0 + 1, scalars[$0]) }
    }

    /// Only ASCII letters: others would change the length.
    private static func lowercased(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        guard ("A"..."Z").contains(scalar) else { return scalar }
        return Unicode.Scalar(UInt8(scalar.value) + 32)
    }

    func parse() throws(Failure) -> ProcessorConfiguration {
        let head = pieces[0]
        guard pieces.count > 1 || !head.text.isEmpty else {
            throw fail(
                "CFG_EMPTY",
                "the processor is empty",
                "write v1, v2, v2:8 or flink:local",
                head
            )
        }
        switch head.text {
        case "v1": return try serial()
        case "simple", "transactional": return try synonym(head)
        case "v2", "adaptive": return try parallel()
        case "flink": return try flink()
        default:
            let known = ["v1", "v2", "simple", "transactional", "adaptive", "flink"]
            let near = nearestName(to: head.text, among: known)
            throw fail(
                "CFG_PROCESSOR",
                "there is no processor \"\(head.text.prefix(40))\"",
                near.map { "nearest is \($0)" } ?? "write v1, v2, v2:8 or flink:local",
                head
            )
        }
    }

    // MARK: V1

    private func serial() throws(Failure) -> ProcessorConfiguration {
        guard pieces.count > 1 else { return .serial(isTransactional: false) }
        if pieces.count > 2 { throw wrongVariant(pieces[2]) }
        switch pieces[1].text {
        case "simple": return .serial(isTransactional: false)
        case "transactional": return .serial(isTransactional: true)
        case "": throw emptyPiece(pieces[1])
        default: throw wrongVariant(pieces[1])
        }
    }

    private func synonym(_ head: Piece) throws(Failure) -> ProcessorConfiguration {
        if pieces.count > 1 { throw wrongVariant(pieces[1]) }
        return .serial(isTransactional: head.text == "transactional")
    }

    private func wrongVariant(_ piece: Piece) -> Failure {
        let near = nearestName(to: piece.text, among: ["simple", "transactional"])
        return fail(
            "CFG_V1_VARIANT",
            "V1 has no variant \"\(piece.text.prefix(40))\"",
            near.map { "nearest is \($0)" } ?? "write v1:simple or v1:transactional",
            piece
        )
    }

    private func emptyPiece(_ piece: Piece) -> Failure {
        fail("CFG_EMPTY_PARAM", "nothing stands after the colon", "remove the colon", piece)
    }

    // MARK: V2

    private func parallel() throws(Failure) -> ProcessorConfiguration {
        var result = ProcessorConfiguration.Parallel()
        var seen: Set<String> = []
        for piece in pieces.dropFirst() {
            if piece.text.isEmpty { throw emptyPiece(piece) }
            let name = try apply(piece, to: &result)
            guard seen.insert(name).inserted else {
                throw fail(
                    "CFG_DUPLICATE",
                    "\"\(piece.text.prefix(40))\" says \(name) a second time",
                    "remove one of them",
                    piece
                )
            }
        }
        return .parallel(result)
    }

    /// Applies one piece, and returns the name of what it sets.
    private func apply(
        _ piece: Piece,
        to result: inout ProcessorConfiguration.Parallel
    ) throws(Failure) -> String {
        switch piece.text {
        case "auto": return "partitions"
        case "affinity":
            result.bindsThreads = true
            return "affinity"
        case "transactional":
            result.isTransactional = true
            return "transactional"
        default: break
        }
        if Self.isDigits(piece.text) {
            result.partitions = try partitions(piece)
            return "partitions"
        }
        guard let equals = piece.text.firstIndex(of: "=") else { throw wrongPiece(piece) }
        let name = String(piece.text[..<equals])
        let value = String(piece.text[piece.text.index(after: equals)...])
        switch name {
        case "strategy":
            guard let strategy = DistributionStrategy(name: value) else {
                let names = DistributionStrategy.allCases.map(\.rawValue)
                let near = nearestName(to: value, among: names)
                throw wrongValue(
                    piece,
                    near.map { "nearest is \(name)=\($0)" }
                        ?? "write \(name)= and \(names.joined(separator: ", "))"
                )
            }
            result.strategy = strategy
        case "batch": result.batchRows = try count(value, 1...1_000_000, piece)
        case "buffer": result.bufferBatches = try count(value, 2...65_536, piece)
        case "latency":
            guard let latency = DurationUnit.microseconds(of: value) else {
                throw wrongValue(
                    piece,
                    "write a whole number of ms, s, m or h, such as latency=100ms"
                )
            }
            result.latency = latency
        default: throw wrongPiece(piece)
        }
        return name
    }

    private func partitions(_ piece: Piece) throws(Failure) -> Int {
        guard let count = Int(piece.text), (1...1024).contains(count) else {
            throw fail(
                "CFG_PARTITIONS_RANGE",
                "\(piece.text.prefix(40)) partitions are not possible",
                "write 1 to 1024, or auto",
                piece
            )
        }
        return count
    }

    private func count(
        _ text: String,
        _ range: ClosedRange<Int>,
        _ piece: Piece
    ) throws(Failure) -> Int {
        guard Self.isDigits(text), let count = Int(text), range.contains(count) else {
            let name = piece.text.prefix { $0 != "=" }
            throw wrongValue(
                piece,
                "write \(name)=\(range.lowerBound) to \(name)=\(range.upperBound)"
            )
        }
        return count
    }

    /// A piece whose name is known and whose value is not possible.
    private func wrongValue(_ piece: Piece, _ remedy: String) -> Failure {
        fail("CFG_V2_PARAM", "\"\(piece.text.prefix(40))\" is not possible", remedy, piece)
    }

    private func wrongPiece(_ piece: Piece) -> Failure {
        let known = [
            "auto", "affinity", "transactional", "strategy=", "batch=", "buffer=", "latency=",
        ]
        let near = nearestName(to: piece.text, among: known)
        return fail(
            "CFG_V2_PARAM",
            "V2 does not understand \"\(piece.text.prefix(40))\"",
            near.map { "nearest is \($0)" }
                ?? "write a number, auto, affinity, transactional, strategy=smart, batch=8192, "
                + "buffer=64 or latency=100ms",
            piece
        )
    }

    private static func isDigits(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) }
    }

    // MARK: Flink

    private func flink() throws(Failure) -> ProcessorConfiguration {
        guard pieces.count > 1 else { throw wrongAddress(pieces[0]) }
        var flink = ProcessorConfiguration.Flink()
        var rest = pieces.dropFirst(2)
        if pieces[1].text != "local" {
            guard Self.isHost(pieces[1].text), let port = rest.popFirst(),
                Self.isDigits(port.text), let number = Int(port.text), (1...65_535).contains(number)
            else { throw wrongAddress(pieces[1]) }
            flink.address = .init(host: pieces[1].text, port: number)
        }
        if let parallelism = rest.popFirst() {
            guard Self.isDigits(parallelism.text) else { throw wrongAddress(parallelism) }
            flink.parallelism = try partitions(parallelism)
        }
        if let extra = rest.popFirst() { throw wrongAddress(extra) }
        return .flink(flink)
    }

    /// A name, an IPv4 address, or an IPv6 address in brackets.
    private static func isHost(_ text: String) -> Bool {
        var name = text[...]
        let isBracketed = name.hasPrefix("[") && name.hasSuffix("]") && name.count > 2
        if isBracketed { name = name.dropFirst().dropLast() }
        let allowed = isBracketed ? ":.%" : ".-_"
        return !name.isEmpty
            && name.unicodeScalars.allSatisfy { scalar in
                ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
                    || allowed.unicodeScalars.contains(scalar)
            }
    }

    private func wrongAddress(_ piece: Piece) -> Failure {
        fail(
            "CFG_FLINK_ADDRESS",
            "\"\(piece.text.prefix(40))\" is no address of a Flink cluster",
            "write flink:local, flink:HOST:PORT or flink:HOST:PORT:PARALLELISM, with a port from 1 to 65535",
            piece
        )
    }

    private func fail(
        _ code: String,
        _ problem: String,
        _ remedy: String,
        _ piece: Piece
    ) -> Failure {
        .request(
            code,
            problem,
            remedy: remedy,
            at: SourcePosition(source: source, line: 1, column: piece.column)
        )
    }
}
