/** What `scripts/dist.js` puts before the service worker. */
declare const FACTS: {
  /** Changes when any file does. */
  version: string;
  /** What is kept from the first visit on; the page itself is the empty path. */
  files: string[];
  /** A pattern of what is kept once it was used. */
  later: string;
  /** All files, and the headers of each. */
  headers: Record<string, Record<string, string>>;
};
