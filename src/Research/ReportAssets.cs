namespace LatencyEngine.Research;

/// <summary>The style sheet and the script inside every report; nothing is loaded from anywhere.</summary>
internal static class ReportAssets
{
    /// <summary>Light and dark by the reader's preference; light on paper. A chart comes in two sizes, and the width of the page picks one, so that its figures keep their size on a phone.</summary>
    public const string Style = """
        :root {
          color-scheme: light dark;
          --page: #f6f7f9; --card: #ffffff; --ink: #16202c; --soft: #5b6878; --rule: #dfe4ea; --grid: #e9edf1;
          --gain: #0b7f4f; --loss: #c62828; --s0: #2563eb; --s1: #c2700a; --s2: #7c3aed; --s3: #0f8a80; --s4: #be185d; --s5: #65780b;
          --warn-page: #fdecea; --tint: #eef3fd;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --page: #0f141b; --card: #182029; --ink: #e6ebf1; --soft: #98a6b6; --rule: #2a3541; --grid: #232d38;
            --gain: #3fc98a; --loss: #ff6f66; --s0: #6ea2ff; --s1: #f0ab4a; --s2: #b493ff; --s3: #4cc9bd; --s4: #ff8ac4; --s5: #b5cc4f;
            --warn-page: #3a1c1c; --tint: #1c2838;
          }
        }
        @media print {
          :root {
            color-scheme: light;
            --page: #ffffff; --card: #ffffff; --ink: #000000; --soft: #444444; --rule: #cccccc; --grid: #e5e5e5;
            --gain: #0b7f4f; --loss: #b71c1c; --s0: #1d4fc4; --s1: #a85c00; --s2: #6427c9; --s3: #0b6f67; --s4: #9d174d; --s5: #4d5c08;
            --warn-page: #ffffff; --tint: #ffffff;
          }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif; -webkit-text-size-adjust: 100%; }
        main { max-width: 1160px; margin: 0 auto; padding: 28px 20px 48px; }
        h1 { margin: 4px 0 2px; font-size: 34px; line-height: 1.2; letter-spacing: -0.01em; font-variant-numeric: tabular-nums; }
        h2 { margin: 34px 0 12px; font-size: 19px; }
        p { margin: 6px 0; }
        .eyebrow { color: var(--soft); font-size: 13px; font-weight: 600; letter-spacing: 0.06em; text-transform: uppercase; }
        .soft { color: var(--soft); }
        .gain { color: var(--gain); }
        .loss { color: var(--loss); }
        .alert { margin: 16px 0; padding: 10px 16px; background: var(--warn-page); border: 1px solid var(--loss); border-radius: 8px; }
        .alert ul { margin: 4px 0; padding-left: 20px; }
        .cards { display: grid; grid-template-columns: repeat(4, 1fr); gap: 12px; margin: 20px 0; }
        .card, figure, .table, .facts, .notes { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; }
        .card { padding: 12px 16px; }
        .card .label { color: var(--soft); font-size: 13px; }
        .card .value { font-size: 21px; font-weight: 650; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        .card small { font-size: 14px; font-weight: 600; white-space: nowrap; }
        .card .detail { color: var(--soft); font-size: 13px; }
        .facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(300px, 1fr)); gap: 10px 28px; margin: 0; padding: 16px; }
        .facts .full { grid-column: 1 / -1; }
        .facts dt { color: var(--soft); font-size: 13px; }
        .facts dd { margin: 0; overflow-wrap: anywhere; }
        figure { margin: 12px 0; padding: 12px 8px 4px; break-inside: avoid; }
        figcaption { display: flex; flex-wrap: wrap; gap: 2px 16px; padding: 0 8px 6px; align-items: baseline; }
        figcaption .title { font-weight: 650; }
        figcaption .key { color: var(--soft); font-size: 13px; }
        figcaption .readout { margin-left: auto; color: var(--soft); font-size: 13px; font-variant-numeric: tabular-nums; min-height: 1.5em; }
        .swatch { display: inline-block; width: 14px; height: 3px; margin-right: 6px; vertical-align: middle; border-radius: 2px; }
        .swatch.s0 { background: var(--s0); } .swatch.s1 { background: var(--s1); } .swatch.s2 { background: var(--s2); } .swatch.s3 { background: var(--s3); } .swatch.s4 { background: var(--s4); } .swatch.s5 { background: var(--s5); }
        svg { width: 100%; height: auto; }
        svg.wide { display: block; } svg.narrow { display: none; }
        svg text { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
        svg text.x { text-anchor: middle; } svg text.y { text-anchor: end; }
        .plot { fill: transparent; }
        .grid { stroke: var(--grid); }
        .baseline { stroke: var(--soft); stroke-dasharray: 4 4; }
        .cursor { stroke: var(--soft); visibility: hidden; }
        .line { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
        .line.s0 { stroke: var(--s0); } .line.s1 { stroke: var(--s1); } .line.s2 { stroke: var(--s2); } .line.s3 { stroke: var(--s3); } .line.s4 { stroke: var(--s4); } .line.s5 { stroke: var(--s5); }
        .area { fill: var(--s0); opacity: 0.09; }
        .mark { stroke: var(--card); stroke-width: 1; }
        .mark.buy, .key.buy b { fill: var(--gain); color: var(--gain); } .mark.sell, .key.sell b { fill: var(--loss); color: var(--loss); } .mark.liquidation, .key.liquidation b { fill: var(--s2); color: var(--s2); }
        .fan { fill: var(--s1); opacity: 0.16; } .swatch.fan { height: 10px; background: var(--s1); opacity: 0.3; }
        .swatch.band { height: 10px; } .band { opacity: 0.1; } .swatch.band { opacity: 0.3; }
        .band.bull { fill: var(--gain); background: var(--gain); } .band.distribution { fill: var(--s1); background: var(--s1); }
        .band.bear { fill: var(--loss); background: var(--loss); } .band.accumulation { fill: var(--s0); background: var(--s0); }
        .rule { stroke-width: 1.2; } .swatch.rule { width: 3px; height: 12px; }
        .rule.halving { stroke: var(--ink); background: var(--ink); } .rule.changepoint { stroke: var(--s2); background: var(--s2); stroke-dasharray: 2 4; }
        .columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 430px), 1fr)); gap: 0 16px; align-items: start; }
        .columns section { min-width: 0; }
        .table { overflow-x: auto; }
        table { width: 100%; border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }
        th, td { padding: 6px 14px; text-align: right; white-space: nowrap; border-top: 1px solid var(--rule); }
        thead th { border-top: 0; color: var(--soft); font-size: 12.5px; font-weight: 600; }
        th:first-child, td:first-child { text-align: left; }
        tbody th { font-weight: 400; }
        tr.total th, tr.total td { font-weight: 650; background: var(--tint); }
        tr.gap td { color: var(--soft); text-align: left; }
        .fills table { font-size: 12.5px; }
        .fills th, .fills td { padding: 4px 8px; }
        .fills thead th { font-size: 12px; white-space: normal; vertical-align: bottom; }
        .fills :is(th, td):nth-child(-n+4) { text-align: left; }
        .scores table { font-size: 12px; }
        .scores th, .scores td { padding: 4px 5px; }
        .scores tr.subject :is(th, td) { font-weight: 650; background: var(--tint); }
        .paper :is(th, td):nth-child(-n+3) { text-align: left; }
        .notes { margin: 0; padding: 12px 16px 12px 34px; }
        .notes li { margin: 4px 0; }
        code { font: 12.5px/1.4 ui-monospace, "SF Mono", "Liberation Mono", monospace; overflow-wrap: anywhere; }
        @media (max-width: 900px) {
          .cards { grid-template-columns: repeat(2, 1fr); gap: 8px; }
        }
        @media (max-width: 640px) {
          main { padding: 18px 12px 36px; }
          h1 { font-size: 26px; }
          svg.wide { display: none; } svg.narrow { display: block; }
          .card { padding: 10px 12px; }
          .card .value { font-size: 17px; }
          table { font-size: 13px; }
          tbody th { white-space: normal; }
          th, td { padding: 5px 7px; }
          figcaption .readout { margin-left: 0; width: 100%; }
        }
        @media print {
          body { font-size: 12px; }
          main { max-width: none; padding: 0; }
          h2 { break-after: avoid; }
          .table { overflow: visible; }
          .fills table { font-size: 8px; }
          .fills th, .fills td { padding: 2px 3px; }
          figcaption .readout { display: none; }
          svg.wide { display: block; } svg.narrow { display: none; }
        }
        """;

    /// <summary>Reads the values under the pointer back from the drawn lines.</summary>
    public const string Script = """
        function axis(text) {
          const [kind, low, high, decimals] = text.split(' ');
          return { kind, low: +low, high: +high, decimals: +decimals };
        }
        function latency(nanos) {
          if (nanos < 999.5) return nanos.toFixed(0) + ' ns';
          if (nanos < 999.5e3) return (nanos / 1e3).toPrecision(3) + ' us';
          if (nanos < 999.5e6) return (nanos / 1e6).toPrecision(3) + ' ms';
          return (nanos / 1e9).toPrecision(3) + ' s';
        }
        function shown(axis, at) {
          if (axis.kind === 'date') return new Date(at * 1000).toISOString().slice(0, 10);
          if (axis.kind === 'price') return Math.pow(10, at).toPrecision(4);
          if (axis.kind === 'time') return new Date(at * 1000).toISOString().slice(11, 23) + ' UTC';
          if (axis.kind === 'percentile') return 'p' + +(100 - Math.pow(10, 2 - at)).toFixed(Math.ceil(at));
          if (axis.kind === 'latency') return latency(Math.pow(10, at));
          return at.toFixed(axis.decimals);
        }
        for (const svg of document.querySelectorAll('figure svg')) {
          const box = svg.querySelector('.plot'), left = +box.getAttribute('x'), top = +box.getAttribute('y');
          const width = +box.getAttribute('width'), height = +box.getAttribute('height');
          const x = axis(svg.dataset.x), y = axis(svg.dataset.y), cursor = svg.querySelector('.cursor');
          const readout = svg.closest('figure').querySelector('.readout');
          const lines = new Map(); // name to its unbroken parts: between them are gaps
          for (const line of svg.querySelectorAll('polyline')) {
            const points = line.getAttribute('points').split(' ').map(pair => pair.split(',').map(Number));
            lines.set(line.dataset.name, [...(lines.get(line.dataset.name) || []), points]);
          }
          svg.addEventListener('pointermove', event => {
            const spot = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
            const at = Math.min(Math.max(spot.x, left), left + width);
            const values = Array.from(lines, ([name, parts]) => {
              const points = parts.find(part => part[0][0] <= at && at <= part.at(-1)[0]);
              if (!points) return name + ' -';
              const next = points.findIndex(point => point[0] > at), to = points.at(next), from = points[next - 1] || to;
              const drawn = from === to ? to[1] : from[1] + (to[1] - from[1]) * (at - from[0]) / (to[0] - from[0]);
              return name + ' ' + shown(y, y.high - (drawn - top) / height * (y.high - y.low));
            });
            cursor.setAttribute('x1', at);
            cursor.setAttribute('x2', at);
            cursor.style.visibility = 'visible';
            readout.textContent = shown(x, x.low + (at - left) / width * (x.high - x.low)) + ' · ' + values.join(' · ');
          });
          svg.addEventListener('pointerleave', () => {
            cursor.style.visibility = 'hidden';
            readout.textContent = '';
          });
        }
        """;
}
