import { AxisBottom, AxisLeft } from "@visx/axis";
import { GridRows } from "@visx/grid";
import { ParentSize } from "@visx/responsive";
import { scaleLinear, scaleUtc } from "@visx/scale";
import { Area, LinePath } from "@visx/shape";

import { shortDate } from "@/lib/format/dates";
import { quantity, shortMoney } from "@/lib/format/money";

import type { AlertDetail } from "./alert-words";

type Point = AlertDetail["series"][number];
type Judged = Point & { observed: number };
type Banded = Point & { lower: number; upper: number };

const HEIGHT = 260;
const MARGIN = { left: 60, right: 12, top: 12, bottom: 28 };

interface BandChartProps {
  alert: AlertDetail;
  summary: string;
}

/** The judged series with its usual range, what was expected, the threshold, and the window that was flagged. */
export function BandChart({ alert, summary }: BandChartProps) {
  return (
    <>
      <ParentSize style={{ height: HEIGHT }}>
        {({ width }) => width > 80 && <Plot alert={alert} summary={summary} width={width} />}
      </ParentSize>
      <Legend withThreshold={alert.threshold_value !== null} />
    </>
  );
}

function Plot({ alert, summary, width }: BandChartProps & { width: number }) {
  const points = alert.series;
  const times = points.map(({ at }) => new Date(at));
  const [first = new Date(0), last = new Date(0)] = [times[0], times.at(-1)];
  const threshold = alert.threshold_value === null ? null : Number(alert.threshold_value);
  const x = scaleUtc({ domain: [first, last], range: [MARGIN.left, width - MARGIN.right] });
  const top = Math.max(
    ...points.map(({ observed, upper }) => Math.max(observed ?? 0, upper ?? 0)),
    threshold ?? 0,
  );
  const y = scaleLinear({
    domain: [0, top * 1.05 || 1],
    range: [HEIGHT - MARGIN.bottom, MARGIN.top],
    nice: true,
  });
  const at = (point: Point) => x(new Date(point.at));
  const step = points.length > 1 ? (x(last) - x(first)) / (points.length - 1) : 8;
  const start = x(new Date(alert.window_start)) - step / 2;
  const end = Math.min(x(new Date(alert.window_end)) + step / 2, width - MARGIN.right);
  const observed = points.filter((point): point is Judged => point.observed !== null);
  const banded = points.filter((point): point is Banded => point.lower !== null && point.upper !== null);
  return (
    <svg width={width} height={HEIGHT} role="img" aria-label={summary}>
      <GridRows
        scale={y}
        left={MARGIN.left}
        width={width - MARGIN.left - MARGIN.right}
        numTicks={4}
        stroke="var(--line)"
      />
      <rect
        x={start}
        y={MARGIN.top}
        width={Math.max(end - start, 2)}
        height={HEIGHT - MARGIN.top - MARGIN.bottom}
        fill="var(--chart-observed)"
        opacity={0.12}
      />
      <Area
        data={banded}
        x={at}
        y0={({ lower }) => y(Math.max(lower, 0))}
        y1={({ upper }) => y(upper)}
        fill="var(--chart-band)"
        fillOpacity={0.18}
      />
      <LinePath
        data={points.filter(({ expected }) => expected !== null)}
        x={at}
        y={({ expected }) => y(expected ?? 0)}
        stroke="var(--chart-expected)"
        strokeDasharray="5 4"
      />
      {threshold !== null && (
        <line
          x1={start}
          x2={end}
          y1={y(threshold)}
          y2={y(threshold)}
          stroke="var(--chart-limit)"
          strokeWidth={2}
          strokeDasharray="2 3"
        />
      )}
      <LinePath
        data={observed}
        x={at}
        y={(point) => y(point.observed)}
        stroke="var(--chart-observed)"
        strokeWidth={2}
      />
      {observed
        .filter(({ anomaly }) => anomaly)
        .map((point) => (
          <circle key={point.at} cx={at(point)} cy={y(point.observed)} r={3.5} fill="var(--chart-observed)">
            <title>{`${shortDate(point.at)}: ${tick(alert, point.observed)}`}</title>
          </circle>
        ))}
      <AxisBottom
        scale={x}
        top={HEIGHT - MARGIN.bottom}
        numTicks={Math.max(2, Math.floor(width / 130))}
        stroke="var(--line)"
        tickStroke="var(--line)"
        tickFormat={(value) => shortDate(value as Date)}
        tickLabelProps={{ ...LABEL, textAnchor: "middle" }}
      />
      <AxisLeft
        scale={y}
        left={MARGIN.left}
        numTicks={4}
        stroke="transparent"
        tickStroke="transparent"
        tickFormat={(value) => tick(alert, Number(value))}
        tickLabelProps={{ ...LABEL, textAnchor: "end", dx: -4, dy: 4 }}
      />
    </svg>
  );
}

const LABEL = { fill: "var(--quiet)", fontSize: 12, fontFamily: "inherit" } as const;

function tick(alert: AlertDetail, value: number): string {
  return alert.currency ? shortMoney(value, alert.currency) : quantity(value);
}

function Legend({ withThreshold }: { withThreshold: boolean }) {
  return (
    <div className="legend">
      <Key colour="var(--chart-observed)">Observed</Key>
      <Key colour="var(--chart-expected)" dashes="5 4">
        Expected
      </Key>
      <Key colour="var(--chart-band)" isArea>
        Usual range
      </Key>
      {withThreshold && (
        <Key colour="var(--chart-limit)" dashes="2 3">
          Threshold
        </Key>
      )}
      <Key colour="var(--chart-observed)" isArea>
        Flagged window
      </Key>
    </div>
  );
}

function Key({
  colour,
  dashes,
  isArea,
  children,
}: {
  colour: string;
  dashes?: string;
  isArea?: boolean;
  children: string;
}) {
  return (
    <span>
      <svg width="18" height="10" aria-hidden="true">
        {isArea ? (
          <rect width="18" height="10" fill={colour} opacity={0.2} />
        ) : (
          <line x1="0" x2="18" y1="5" y2="5" stroke={colour} strokeWidth="2" strokeDasharray={dashes} />
        )}
      </svg>
      {children}
    </span>
  );
}
