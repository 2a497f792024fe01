/** Starts the page. */
import { mount } from "svelte";
import Page from "./views/page.svelte";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no element #app");
mount(Page, { target });
