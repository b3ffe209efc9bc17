// Ports of unencrypted HTTP: web pages can reach such a destination through a loopback port.

/** Web servers, development servers, and services whose interface is HTTP. */
const HTTP_PORTS: ReadonlySet<number> = new Set([
  80, 3_000, 4_200, 5_000, 5_173, 5_601, 8_000, 8_001, 8_008, 8_080, 8_081, 8_088, 8_500, 8_888, 9_000, 9_090, 9_093,
  9_200, 15_672,
])

/** Whether a destination probably speaks HTTP, by its port. */
export function isHttpPort(port: number): boolean {
  return HTTP_PORTS.has(port)
}
