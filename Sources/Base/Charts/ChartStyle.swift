/// The looks of charts, for light and dark surroundings and for paper.
///
/// Blue and orange, bluish green and pink: pairs that stay apart for the common kinds of colour blindness, and in
/// brightness.
package enum ChartStyle {
    /// Rules for the classes that charts use; `body` sets ground and font.
    package static let sheet = """
        :root {
          color-scheme: light dark;
          --ground: #ffffff; --panel: #f6f7f9; --ink: #1a1d21; --faint: #59616b; --grid: #dfe3e8;
          --band: #f0f3f7; --band-odd: #e4e9f0;
          --primary: #0067a8; --candidate: #b84a00; --good: #00704f; --bad: #b0114b;
          --accent: #6a3fa8; --neutral: #59616b;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #14171b; --panel: #1c2026; --ink: #e8eaed; --faint: #a3abb5; --grid: #333a43;
            --band: #1d2229; --band-odd: #262c35;
            --primary: #62b5ee; --candidate: #f2a541; --good: #43cba3; --bad: #ff86a6;
            --accent: #bd9cf5; --neutral: #a3abb5;
          }
        }
        @media print {
          :root {
            color-scheme: light;
            --ground: #ffffff; --panel: #ffffff; --ink: #000000; --faint: #444444; --grid: #cccccc;
            --band: #f4f4f4; --band-odd: #e6e6e6;
            --primary: #0067a8; --candidate: #b84a00; --good: #00704f; --bad: #b0114b;
            --accent: #6a3fa8; --neutral: #444444;
          }
        }
        .chart { display: block; width: 100%; height: auto; }
        .chart text { font-size: 13px; fill: var(--ink); }
        .chart .faint { fill: var(--faint); }
        .chart .small { font-size: 12px; }
        .chart .halo { paint-order: stroke; stroke: var(--halo, var(--ground)); stroke-width: 4px; stroke-linejoin: round; }
        .chart .grid { stroke: var(--grid); stroke-width: 1; }
        .chart .axis { stroke: var(--faint); stroke-width: 1; }
        .chart .band { fill: var(--band); }
        .chart .band.odd { fill: var(--band-odd); }
        .chart .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
        .chart .dashed { stroke-dasharray: 7 4; }
        .chart .dotted { stroke-dasharray: 2 4; stroke-linecap: round; }
        .chart .bound { stroke-width: 1.3; stroke-dasharray: 10 3 2 3; }
        .chart .bar { fill-opacity: 0.22; stroke-width: 1.3; }

        """ + tints

    private static let tints = Tint.allCases.map { tint in
        let name = tint.rawValue
        return """
            .chart .line.\(name), .chart .bound.\(name) { stroke: var(--\(name)); }
            .chart .bar.\(name) { fill: var(--\(name)); stroke: var(--\(name)); }
            .chart .fill-\(name) { fill: var(--\(name)); }
            .chart .text-\(name) { fill: var(--\(name)); }

            """
    }.joined()
}
