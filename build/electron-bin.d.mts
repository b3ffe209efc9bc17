/** The path of Electron's executable, or undefined. */
export function electronBinary(): string | undefined
/** Fetches Electron within `timeoutMs`. Resolves undefined when it is there, else why not. */
export function fetchElectron(timeoutMs: number): Promise<string | undefined>
