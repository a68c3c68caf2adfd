internal import Failures
internal import Hashing

/// The bytes of a state file.
///
/// `CUTSTATE`, version u32, fingerprint of the plan (32 bytes), number of the operator u32; for each slot its number
/// u32, length u64, XXH64 u64 and payload; the index of slots, as number u32 and offset u64 of each, and their count
/// u32; at last the XXH64 u64 of everything before it. Integers have their lowest byte first.
struct StateFile {
    /// The plan that the state belongs to.
    let fingerprint: [UInt8]
    /// Index of the operator; ``jobNumber`` for the state of the job itself.
    let number: UInt32
    var state: OperatorState

    static let jobNumber = UInt32.max
    private static let magic = Array("CUTSTATE".utf8)
    private static let version: UInt32 = 1
    private static let fingerprintSize = 32

    init(fingerprint: [UInt8], number: UInt32, state: OperatorState) {
        precondition(fingerprint.count == Self.fingerprintSize, "a fingerprint is a SHA-256")
        self.fingerprint = fingerprint
        self.number = number
        self.state = state
    }

    var bytes: [UInt8] {
        var header = StateWriter()
        header.write(Self.version)
        var bytes = Self.magic + header.bytes + fingerprint
        var index = StateWriter()
        var body = StateWriter()
        body.write(number)
        for part in state.parts {
            index.write(UInt32(truncatingIfNeeded: part.slot))
            index.write(UInt64(bytes.count + body.bytes.count))
            body.write(UInt32(truncatingIfNeeded: part.slot))
            body.write(UInt64(part.bytes.count))
            let payload = part.bytes
            body.write(XXH64.hash(payload.span))
            body.append(payload)
        }
        index.write(UInt32(truncatingIfNeeded: state.parts.count))
        bytes += body.bytes
        bytes += index.bytes
        var trailer = StateWriter()
        trailer.write(XXH64.hash(bytes.span))
        return bytes + trailer.bytes
    }

    /// Reads a file's bytes.
    ///
    /// - Throws: `STATE_CORRUPT`.
    init(_ bytes: [UInt8], name: String) throws(Failure) {
        let hashSize = 8
        guard bytes.count >= hashSize else { throw StateReader.corrupt(name) }
        let content = Array(bytes[..<(bytes.count - hashSize)])
        var trailer = StateReader(Array(bytes[(bytes.count - hashSize)...]), name: name)
        guard try trailer.number(UInt64.self) == XXH64.hash(content.span) else {
            throw StateReader.corrupt(name)
        }
        var reader = StateReader(content, name: name)
        guard try reader.raw(Self.magic.count) == Self.magic,
            try reader.number(UInt32.self) == Self.version
        else { throw StateReader.corrupt(name) }
        fingerprint = try reader.raw(Self.fingerprintSize)
        number = try reader.number()
        let entrySize = 12
        var counts = StateReader(Array(content.suffix(4)), name: name)
        let count = Int(try counts.number(UInt32.self))
        guard count <= content.count / entrySize else { throw StateReader.corrupt(name) }
        var parts: [OperatorState.Part] = []
        for _ in 0..<count {
            let slot = Int(try reader.number(UInt32.self))
            let length = try reader.number(UInt64.self)
            let hash = try reader.number(UInt64.self)
            let payload = try reader.raw(Int(clamping: length))
            guard XXH64.hash(payload.span) == hash else { throw StateReader.corrupt(name) }
            parts.append(OperatorState.Part(slot: slot, bytes: payload))
        }
        state = OperatorState(parts: parts)
    }
}
