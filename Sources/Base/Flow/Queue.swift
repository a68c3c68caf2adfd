/// First in, first out, each in constant time on average; what has been taken is released at once.
package struct Queue<Element> {
    private var items: [Element?] = []
    private var first = 0

    package init() {}

    package var count: Int { items.count - first }
    package var isEmpty: Bool { count == 0 }

    package mutating func append(_ element: Element) { items.append(element) }

    /// Takes the oldest element; nil where there is none.
    package mutating func popFirst() -> Element? {
        guard first < items.count else { return nil }
        let element = items[first].take()
        first += 1
        // Moving the rest costs no more than what was taken since the last time.
        if first * 2 >= items.count {
            items.removeFirst(first)
            first = 0
        }
        return element
    }

    /// Takes the newest element; nil where there is none.
    package mutating func popLast() -> Element? {
        guard first < items.count else { return nil }
        return items.removeLast()
    }

    package mutating func removeAll() {
        items.removeAll()
        first = 0
    }
}

extension Queue: Sendable where Element: Sendable {}
