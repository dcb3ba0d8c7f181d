/** The picture of the ratios that the README shows. */

import { init, use } from "echarts/core";
import { BarChart, ScatterChart } from "echarts/charts";
import { GridComponent, LegendComponent, TitleComponent } from "echarts/components";
import { SVGRenderer } from "echarts/renderers";
import { ratio } from "../shared/format.ts";
import { majorOf, type NodeBinary } from "../shared/node-binary.ts";
import { hardestLimit, ratioTo } from "./judge.ts";
import type { Measured } from "./rounds.ts";

use([BarChart, GridComponent, LegendComponent, ScatterChart, SVGRenderer, TitleComponent]);

// Halfway between black and white, since the page behind it may be either.
const ink = "#7d8590";
const faint = "#7d859040";

/** The mark of the floor and of each peer, the fastest first. */
const marks: readonly (readonly [system: string, color: string, symbol: string])[] = [
  ["floor", "#7d8590", "emptyCircle"],
  ["co", "#d29922", "circle"],
  ["redux-saga", "#bf6ad6", "diamond"],
  ["effect", "#3f8fe8", "rect"],
  ["effection", "#e5534b", "triangle"],
  ["cpython", "#3fa652", "path://M0,0 L10,0 L5,9 Z"],
];
const oursColor = "#f0742e";

const width = 920;
const rowHeight = 24;
const head = 76;
const foot = 44;

/** Returns the picture as SVG: a bar for ours, and a mark for each peer, on a logarithmic scale whose 1 is native. */
export function picture(all: readonly Measured[], node: NodeBinary): string {
  const shown = all.filter((measured) => ratioTo(measured, "native", "ours") !== undefined);
  const logs = points(shown, "ours");
  const height = head + foot + rowHeight * shown.length;
  const chart = init(null, null, { renderer: "svg", ssr: true, width, height });
  chart.setOption({
    animation: false,
    textStyle: { fontFamily: "system-ui, sans-serif", color: ink },
    title: {
      text: `Cost of an operation on Node ${node.version}, as a multiple of native async/await (left of 1: cheaper)`,
      left: "center",
      top: 8,
      textStyle: { fontSize: 15, fontWeight: "bold", color: ink },
    },
    legend: { top: 36, itemGap: 16, itemHeight: 10, itemWidth: 16, textStyle: { fontSize: 13, color: ink } },
    grid: { left: 262, right: 30, top: head, bottom: foot },
    xAxis: {
      // The axis shows logarithms: bars can begin at 1 and go both ways.
      type: "value",
      min: ({ min }: { min: number }) => Math.floor(min),
      max: ({ max }: { max: number }) => Math.ceil(max),
      interval: 1,
      axisLabel: {
        fontSize: 13,
        color: ink,
        formatter: (exponent: number) => `${(10 ** exponent).toLocaleString("en")}×`,
      },
      splitLine: { lineStyle: { color: faint } },
    },
    yAxis: {
      type: "category",
      inverse: true,
      data: shown.map(({ row }) => row.name),
      axisLabel: {
        interval: 0,
        formatter: (name: string, index: number) => `{name|${name}}{ours|${ratio(10 ** (logs[index] ?? 0))}×}`,
        rich: {
          name: { fontSize: 13, color: ink },
          ours: { fontSize: 13, fontWeight: "bold", color: oursColor, width: 52, align: "right" },
        },
      },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: ink } },
    },
    series: [ours(shown), target(shown, majorOf(node)), ...marks.map((mark) => peer(shown, ...mark))],
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return `${svg}\n`;
}

function ours(shown: readonly Measured[]) {
  return {
    type: "bar",
    name: "Yieldstar",
    color: oursColor,
    barWidth: 12,
    z: 3,
    data: points(shown, "ours"),
  };
}

function target(shown: readonly Measured[], node: string) {
  const limits = shown.flatMap((measured, index) => {
    const limit = hardestLimit(measured, node);
    return limit === undefined ? [] : [[Math.log10(limit), index]];
  });
  return { type: "scatter", name: "target", color: ink, symbol: "rect", symbolSize: [3, 18], z: 4, data: limits };
}

function peer(shown: readonly Measured[], name: string, color: string, symbol: string) {
  const data = points(shown, name).flatMap((value, index) => (value === undefined ? [] : [[value, index]]));
  return { type: "scatter", name, color, symbol, symbolSize: 9, itemStyle: { opacity: 1 }, z: 5, data };
}

/** The logarithms of the ratios to native. */
function points(shown: readonly Measured[], system: string): (number | undefined)[] {
  return shown.map((measured) => {
    const relative = ratioTo(measured, "native", system);
    return relative === undefined ? undefined : Math.log10(relative.median);
  });
}
