/** Is the key of commands ⌘, rather than Ctrl? */
export const APPLE = /mac|iphone|ipad/i.test(navigator.userAgent);
