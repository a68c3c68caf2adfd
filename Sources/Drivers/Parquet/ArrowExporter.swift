internal import CArrow
internal import Columns
internal import Glibc

/// Lends schemas and batches to Arrow by the C Data Interface.
///
/// Every structure comes from `calloc`, is owned by its release callback, and holds its columns through
/// `private_data` until then.
enum ArrowExporter {
    /// What a released array gives up.
    private final class Lease: Sendable {
        let column: ExportedColumn?
        init(_ column: ExportedColumn?) { self.column = column }
    }

    /// A struct array of columns, which the receiver releases.
    static func array(_ columns: [ExportedColumn], rowCount: Int) -> ArrowArray {
        let children: UnsafeMutablePointer<UnsafeMutablePointer<ArrowArray>?> =
            unsafe allocate(columns.count)
        for (index, column) in columns.enumerated() {
            let child: UnsafeMutablePointer<ArrowArray> = unsafe allocate(1)
            unsafe child.pointee = unsafe array(column)
            unsafe children[index] = unsafe child
        }
        let buffers: UnsafeMutablePointer<UnsafeRawPointer?> = unsafe allocate(1)
        return unsafe ArrowArray(
            length: Int64(rowCount),
            null_count: 0,
            offset: 0,
            n_buffers: 1,
            n_children: Int64(columns.count),
            buffers: buffers,
            children: children,
            dictionary: nil,
            release: releaseArray,
            private_data: Unmanaged.passRetained(Lease(nil)).toOpaque()
        )
    }

    private static func array(_ column: ExportedColumn) -> ArrowArray {
        let pointers = unsafe column.pointers
        let buffers: UnsafeMutablePointer<UnsafeRawPointer?> = unsafe allocate(pointers.count)
        for index in unsafe pointers.indices { unsafe buffers[index] = unsafe pointers[index] }
        let nullCount = column.validity.map { column.count - $0.setCount } ?? 0
        return unsafe ArrowArray(
            length: Int64(column.count),
            null_count: Int64(column.format == "n" ? column.count : nullCount),
            offset: 0,
            n_buffers: Int64(pointers.count),
            n_children: 0,
            buffers: buffers,
            children: nil,
            dictionary: nil,
            release: releaseArray,
            private_data: Unmanaged.passRetained(Lease(column)).toOpaque()
        )
    }

    // SAFETY: called once for each array that was made above; a child that its receiver moved elsewhere has a
    // NULL release and is only freed.
    private static let releaseArray: @convention(c) (UnsafeMutablePointer<ArrowArray>?) -> Void = {
        guard let array = unsafe $0 else { return }
        for index in 0..<(unsafe Int(array.pointee.n_children)) {
            guard let child = unsafe array.pointee.children[index] else { continue }
            if let release = unsafe child.pointee.release { unsafe release(child) }
            unsafe free(child)
        }
        unsafe free(array.pointee.children)
        unsafe free(array.pointee.buffers)
        if let lease = unsafe array.pointee.private_data {
            unsafe Unmanaged<Lease>.fromOpaque(lease).release()
        }
        unsafe array.pointee.release = nil
    }

    /// A struct schema, which the receiver releases.
    static func schema(_ fields: [(name: String, format: String, isNullable: Bool)]) -> ArrowSchema
    {
        let children: UnsafeMutablePointer<UnsafeMutablePointer<ArrowSchema>?> =
            unsafe allocate(fields.count)
        for (index, field) in fields.enumerated() {
            let child: UnsafeMutablePointer<ArrowSchema> = unsafe allocate(1)
            let flags = field.isNullable ? Int64(ARROW_FLAG_NULLABLE) : 0
            unsafe child.pointee = unsafe schema(field.name, field.format, flags)
            unsafe children[index] = unsafe child
        }
        var result = unsafe schema("", "+s", 0)
        unsafe result.n_children = Int64(fields.count)
        unsafe result.children = unsafe children
        return unsafe result
    }

    private static func schema(_ name: String, _ format: String, _ flags: Int64) -> ArrowSchema {
        unsafe ArrowSchema(
            format: strdup(format),
            name: strdup(name),
            metadata: nil,
            flags: flags,
            n_children: 0,
            children: nil,
            dictionary: nil,
            release: releaseSchema,
            private_data: nil
        )
    }

    // SAFETY: as for arrays; both texts come from `strdup`.
    private static let releaseSchema: @convention(c) (UnsafeMutablePointer<ArrowSchema>?) -> Void =
        {
            guard let schema = unsafe $0 else { return }
            for index in 0..<(unsafe Int(schema.pointee.n_children)) {
                guard let child = unsafe schema.pointee.children[index] else { continue }
                if let release = unsafe child.pointee.release { unsafe release(child) }
                unsafe free(child)
            }
            unsafe free(schema.pointee.children)
            unsafe free(UnsafeMutableRawPointer(mutating: schema.pointee.format))
            unsafe free(UnsafeMutableRawPointer(mutating: schema.pointee.name))
            unsafe schema.pointee.release = nil
        }

    /// Zeroed room for `count` elements, to be given back by `free`.
    private static func allocate<Element>(_ count: Int) -> UnsafeMutablePointer<Element> {
        guard let room = unsafe calloc(max(count, 1), MemoryLayout<Element>.stride) else {
            preconditionFailure("no memory for the pointers of a batch")
        }
        return unsafe room.bindMemory(to: Element.self, capacity: max(count, 1))
    }
}
