// The forecast of a terminal in its status line.

import type { ReactNode } from 'react'
import { forecastLine } from '../../shared/forecast'
import type { Forecast } from '../../shared/model/forecast'
import { usePageState } from '../context'

/** Says how long the terminal is expected to stay open; nothing where no end is expected. */
export function ForecastNote({ forecast }: { readonly forecast: Forecast }): ReactNode {
  const words = usePageState(({ nowAt }) => forecastLine(forecast, { kind: 'terminal', nowAt }))
  return words === '' ? null : (
    <span className="forecast cut-off" title={words}>
      {words}
    </span>
  )
}
