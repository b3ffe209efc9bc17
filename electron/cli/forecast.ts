// The line on stderr that says how long a tunnel lives, where its keys cannot be renewed.

import { forecastWords } from '../../shared/forecast'
import type { Forecast } from '../../shared/model/forecast'
import type { Sink } from './sink'
import { wordLine } from './text'

/** Prints the forecast of a tunnel. With keys that are renewed there is nothing that a person has to know, and nothing is printed. */
export async function tellForecast(forecast: Forecast, stderr: Pick<Sink, 'write'>): Promise<void> {
  if (forecast.keys === undefined) return
  await stderr.write(wordLine(`${forecastWords(forecast, { kind: 'tunnel', nowAt: Date.now() })}.`))
}
