/// Names and climates of invented weather stations.
enum StationNames {
    private static let beginnings = [
        "Alder", "Bar", "Cal", "Dun", "Eld", "Fær", "Gor", "Hal", "Ivar", "Jör", "Kar", "Lun",
        "Mar", "Nor",
        "Ost", "Pél", "Quin", "Ros", "San", "Tor", "Ul",
    ]
    private static let endings = [
        "a", "ana", "berg", "bu", "by", "dal", "ești", "field", "grad", "haven", "ia", "kuppam",
        "łów", "mouth",
        "nes", "ópolis", "port", "stad", "ton", "ura",
    ]

    /// Name of station 0..<420; all are different, and a few are longer or hold spaces.
    static func name(_ station: Int) -> String {
        let name = beginnings[station % beginnings.count] + endings[station / beginnings.count]
        return switch station % 17 {
        case 3: "Port \(name)"
        case 11: "\(name)-upon-the-Water"
        default: name
        }
    }

    /// Mean temperature of a station in tenths of a degree, −150...300, without a pattern in its number.
    @inline(__always)
    static func meanTenths(_ station: Int) -> Int { station * 173 % 451 - 150 }
}
