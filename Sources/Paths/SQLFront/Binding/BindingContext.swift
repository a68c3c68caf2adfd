internal import Columns
internal import Failures

/// What statements have declared so far, and the notices found on the way; lives as long as one script is
/// bound.
final class BindingContext {
    let source: String
    var tables: [String: TableDefinition] = [:]
    var views: [String: View] = [:]
    /// Tables and views whose declaration failed: what uses them is not reported again.
    var broken: Set<String> = []
    var settings = JobSettings()
    private(set) var notices: [Notice] = []
    private var noticed: Set<Notice> = []
    /// Views being bound, the outermost first.
    var viewsInProgress: [String] = []

    init(source: String) {
        self.source = source
    }

    /// A declared view, bound at its first use under each combination of the settings that matter.
    struct View {
        var syntax: CreateViewSyntax
        var bound: [ViewKey: Plan] = [:]
        var isBroken = false
    }

    struct ViewKey: Hashable {
        var isBatch: Bool
        var zoneOffset: Int64
    }

    var viewKey: ViewKey {
        ViewKey(isBatch: settings.isBatch, zoneOffset: settings.zoneOffset)
    }

    /// Records a warning or a portability notice once.
    func notice(_ code: String, _ message: String, at position: SourcePosition?) {
        let notice = Notice(code: code, message: message, position: position)
        if noticed.insert(notice).inserted { notices.append(notice) }
    }

    var relationNames: [String] { (Array(tables.keys) + Array(views.keys)).sorted() }
}

/// Aggregates and OVER calls found while the expressions of one SELECT are bound.
final class CallCollector {
    /// An aggregate over the SELECT's input.
    struct BoundAggregate: Hashable {
        var function: AggregateFunction
        var arguments: [Expression]
        var separator: String?
        var isDistinct: Bool
        var filter: Expression?
        var type: DataType
        var position: SourcePosition

        static func == (left: Self, right: Self) -> Bool {
            left.function == right.function && left.arguments == right.arguments
                && left.separator == right.separator && left.isDistinct == right.isDistinct
                && left.filter == right.filter && left.type == right.type
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(function)
            hasher.combine(arguments)
        }
    }

    /// A function over ordered partitions; its expressions may contain aggregates.
    struct BoundOver: Hashable {
        var function: Over.Function
        var arguments: [Expression]
        var separator: String?
        var partition: [Expression]
        var order: [Key]
        var frame: Over.Frame
        var type: DataType
        var position: SourcePosition

        struct Key: Hashable {
            var expression: Expression
            var isDescending: Bool
        }

        static func == (left: Self, right: Self) -> Bool {
            left.function == right.function && left.arguments == right.arguments
                && left.separator == right.separator && left.partition == right.partition
                && left.order == right.order && left.frame == right.frame
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(function)
            hasher.combine(arguments)
            hasher.combine(partition)
        }
    }

    private(set) var aggregates: [BoundAggregate] = []
    private(set) var overs: [BoundOver] = []
    private var aggregateIndex: [BoundAggregate: Int] = [:]
    private var overIndex: [BoundOver: Int] = [:]

    /// The column that will hold the aggregate's result.
    func add(_ aggregate: BoundAggregate) -> Expression {
        let index = aggregateIndex[aggregate] ?? aggregates.count
        if index == aggregates.count {
            aggregates.append(aggregate)
            aggregateIndex[aggregate] = index
        }
        return .column(
            SelectSpace.aggregates + index,
            aggregate.type,
            isNullable: aggregate.function != .count,
            at: aggregate.position
        )
    }

    /// The column that will hold the call's result.
    func add(_ over: BoundOver) -> Expression {
        let index = overIndex[over] ?? overs.count
        if index == overs.count {
            overs.append(over)
            overIndex[over] = index
        }
        let isNullable: Bool =
            switch over.function {
            case .rowNumber, .rank, .denseRank, .aggregate(.count): false
            default: true
            }
        return .column(
            SelectSpace.overs + index,
            over.type,
            isNullable: isNullable,
            at: over.position
        )
    }
}
