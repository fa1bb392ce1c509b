/** The element of index.html with that id. */
export function element<T extends HTMLElement = HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

const status = element('status');
const error = element('error');
const progress = element<HTMLProgressElement>('progress');

/** One line on what goes on, which screen readers read out; and how much of it is done, 0..1, which they do not. */
export function say(text: string, share?: number): void {
  if (status.textContent !== text) status.textContent = text;
  progress.hidden = share === undefined;
  if (share !== undefined) progress.value = share;
}

/** One line on what went wrong, in place of the status. */
export function complain(reason: unknown): void {
  const text = reason instanceof Error ? reason.message : String(reason);
  error.textContent = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  error.hidden = false;
  say('');
}

export function forgetComplaint(): void {
  error.hidden = true;
}

/** Hands a file to the visitor. */
export function saveAs(name: string, content: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}
