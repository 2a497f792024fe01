/** Starts the page, or the page inside somebody else's. */
import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import { start } from "./app/actions.ts";
import { embedded, talkToHost } from "./app/embed.svelte.ts";
import { keepOffline } from "./app/offline.ts";
import { pause } from "./lib/later.ts";
import Embed from "./views/embed.svelte";
import Page from "./views/page.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("the document has no element #app");
// The page around speaks as soon as the document is there.
talkToHost();
await start(embedded);
// What is there is painted, and then the page takes its place.
await pause();
// What stands there for browsers that cannot run this.
target.replaceChildren();
if (embedded === null) mount(Page, { target });
else mount(Embed, { target, props: { settings: embedded } });
void keepOffline();
