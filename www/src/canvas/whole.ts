/** The whole timeline of a run as a picture for a document, whatever is in sight on the page. */
import type { Report } from "../engine/report.ts";
import type { Colours } from "../lib/colours.ts";
import { fit } from "../lib/scale.ts";
import { timelineModel } from "../model/timeline.ts";
import type { Shown } from "./save.ts";
import { GUTTER_PX, lanesLayout, TimelineCanvas } from "./timeline.ts";

/** As wide as the text of most documents, and no higher than a page of them. */
const WIDTH_PX = 800;
const AVAILABLE_PX = 280;
const MOST_PX = 1000;

export function wholeTimeline(report: Report, colours: Colours): Shown {
  const timeline = timelineModel(report);
  const { pitchPx, heightPx } = lanesLayout(timeline.lanes.length, AVAILABLE_PX);
  const drawn = new TimelineCanvas(document.createElement("canvas"));
  drawn.show({
    timeline,
    window: fit(timeline.length, WIDTH_PX - GUTTER_PX - 1),
    pitchPx,
    scrollPx: 0,
    highlighted: new Set(),
    inspected: null,
    hovered: null,
    chosen: null,
    conflicts: [],
    moment: null,
    colours,
  });
  return {
    picture: (sheet) => drawn.draw(sheet),
    widthPx: WIDTH_PX,
    heightPx: Math.min(heightPx, MOST_PX),
    title: report.title,
    background: colours.surface,
  };
}
