/// When a job may end before its inputs: once nothing that is still to come can change its output.
extension StreamGraph {
    /// The operators whose results no longer reach the output.
    ///
    /// - Parameter finished: operators that were satisfied, such as a LIMIT that has its rows.
    /// - Returns: nil while a source is still needed.
    func superfluousOperators(finished: Set<Int>) -> Set<Int>? {
        guard !finished.isEmpty else { return nil }
        var isNeeded = operators.map { _ in false }
        func matters(_ edge: Edge) -> Bool {
            switch edge.destination {
            case .sink: true
            case .operator(let index, _): isNeeded[index]
            }
        }
        // Each operator stands behind those that feed it.
        for index in operators.indices.reversed() where !finished.contains(index) {
            isNeeded[index] = operators[index].edges.contains(where: matters)
        }
        guard !sources.contains(where: { $0.edges.contains(where: matters) }) else { return nil }
        return Set(operators.indices.filter { !isNeeded[$0] })
    }
}
