/** Why a link or a file cannot be opened: the end of a sentence that begins with its name and a colon. */
export class Unreadable extends Error {}
