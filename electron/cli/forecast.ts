// The line on stderr that says how long a tunnel lives, where its keys cannot be renewed.

import { forecastWords } from '../../shared/forecast'
import type { Forecast } from '../../shared/model/forecast'
import type { Sink } from './sink'
import { wordLine } from './text'

/**
 * Prints the forecast of a tunnel; nothing with keys that are renewed. Never rejects: a closed stderr does not end a tunnel that works.
 */
export async function tellForecast(forecast: Forecast, stderr: Pick<Sink, 'write'>): Promise<void> {
  if (forecast.keys === undefined) return
  const words = forecastWords(forecast, { kind: 'tunnel', nowAt: Date.now() })
  await stderr.write(wordLine(`${words}.`)).catch(() => undefined)
}
