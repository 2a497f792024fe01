/** Starts the page. */
import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import { start } from "./app/actions.ts";
import Page from "./views/page.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no element #app");
await start();
mount(Page, { target });
