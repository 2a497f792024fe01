/** What the page remembers between visits. Storage may be refused; then it remembers nothing. */
const PREFIX = "interleave.";

/** A page inside somebody else's leaves alone what the reader's own page remembers. */
const FORGETFUL = document.documentElement.dataset["embed"] !== undefined;

export function remember(key: string, value: string | null): void {
  if (FORGETFUL) return;
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
  } catch {
    // Refused or full: the page works without.
  }
}

export function remembered(key: string): string | null {
  if (FORGETFUL) return null;
  try {
    return localStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}

/** As `remember`, for this tab alone and as long as it is open. */
export function rememberForTab(key: string, value: string | null): void {
  try {
    if (value === null) sessionStorage.removeItem(PREFIX + key);
    else sessionStorage.setItem(PREFIX + key, value);
  } catch {
    // Refused: the page works without.
  }
}

export function forTab(key: string): string | null {
  try {
    return sessionStorage.getItem(PREFIX + key);
  } catch {
    return null;
  }
}
