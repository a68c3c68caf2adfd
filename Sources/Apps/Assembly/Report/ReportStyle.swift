internal import Charts

/// The looks of a page beside its charts.
enum ReportStyle {
    static let sheet = """
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--ground); color: var(--ink);
          font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
        }
        main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 64px; }
        h1 { font-size: 1.8rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
        h2 { font-size: 1.25rem; margin: 2.4rem 0 0.3rem; }
        h3 { font-size: 1rem; margin: 1.3rem 0 0.3rem; overflow-wrap: anywhere; }
        p { margin: 0.3rem 0 0.8rem; max-width: 72ch; }
        .faint { color: var(--faint); }
        .subtitle { color: var(--faint); margin: 0.1rem 0 0; overflow-wrap: anywhere; }
        .verdict {
          margin: 1rem 0; padding: 0.8rem 1rem; font-size: 1.1rem; max-width: none;
          background: var(--panel); border-left: 6px solid var(--neutral); border-radius: 4px;
          overflow-wrap: anywhere;
        }
        .verdict.good { border-color: var(--good); }
        .verdict.bad { border-color: var(--bad); }
        .verdict b { margin-right: 0.4em; }
        .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 10px 24px; margin: 0; }
        .facts div { min-width: 0; }
        .facts .wide { grid-column: 1 / -1; }
        dt { color: var(--faint); font-size: 0.85rem; }
        dd { margin: 0; overflow-wrap: anywhere; }
        code, .hash { font: 0.86em/1.5 ui-monospace, "SF Mono", Menlo, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
        figure { margin: 0.6rem 0 1.2rem; }
        .wide-chart { overflow-x: auto; }
        .wide-chart .chart { min-width: 760px; }
        .multiples { --halo: var(--panel); display: grid; grid-template-columns: repeat(auto-fill, minmax(300px, 1fr)); gap: 14px; }
        .multiples figure { margin: 0; padding: 10px 10px 2px; background: var(--panel); border-radius: 6px; min-width: 0; }
        figcaption { font-size: 0.9rem; overflow-wrap: anywhere; }
        figcaption .faint { display: block; }
        .table { overflow-x: auto; }
        table { border-collapse: collapse; width: 100%; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
        th, td { text-align: left; vertical-align: top; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--grid); }
        th { font-weight: 600; color: var(--faint); white-space: nowrap; }
        td.number, th.number { text-align: right; white-space: nowrap; }
        td.fixed { white-space: nowrap; }
        td.loose { overflow-wrap: anywhere; min-width: 9rem; }
        tr.total td { font-weight: 600; border-bottom: 0; }
        .good-text { color: var(--good); } .bad-text { color: var(--bad); }
        footer { margin-top: 2.4rem; color: var(--faint); font-size: 0.85rem; }
        @media (max-width: 600px) { main { padding: 16px 14px 40px; } h1 { font-size: 1.45rem; } }
        @media print {
          body { font-size: 11px; }
          main { max-width: none; padding: 0; }
          .wide-chart, .table { overflow: visible; }
          .wide-chart .chart { min-width: 0; }
          figure, tr, .verdict { break-inside: avoid; }
          h2, h3 { break-after: avoid; }
          thead { display: table-header-group; }
        }

        """
}

extension Markup {
    /// Writes a paragraph that explains what stands beside it.
    mutating func remark(_ text: String) { element("p", ["class": "faint"], text: text) }
}
