// The lines of the "Terminal" section: font, scrollback and closing. Open terminals change at once.

import { useId, useState, type FormEvent, type ReactNode } from 'react'
import type { Settings } from '../../shared/settings'
import { usePage } from '../context'
import { fontFamily } from '../fonts'
import { TextInput } from '../parts/controls/Field'
import { Glyph } from '../parts/Glyph'
import { Toggle } from '../parts/controls/Toggle'
import { readFont } from './fonts'
import { Line } from './Line'
import { NumberLine } from './NumberLine'

function Preview({ settings }: { readonly settings: Settings }): ReactNode {
  const { terminalFont, terminalFontSize } = settings
  return (
    <div
      className="terminal-preview"
      aria-hidden="true"
      style={{ fontFamily: fontFamily(terminalFont, 'var(--font-mono)'), fontSize: `${terminalFontSize}px` }}
    >
      <span className="prompt">ops@web-1</span> <span className="folder">/srv/app</span> <span className="sign">$</span>{' '}
      git status -sb{'\n'}## main...origin/main 0O1lI != =&gt; --&gt;{'\n'} <span className="changed">M</span>{' '}
      nginx/site.conf <span className="cursor"> </span>
    </div>
  )
}

/** The font, saved on Enter and on blur, like the numbers. */
function FontLine({ settings }: { readonly settings: Settings }): ReactNode {
  const page = usePage()
  const id = useId()
  const said = `${id}-said`
  const [typed, setTyped] = useState<string | undefined>(undefined)
  const reading = readFont(typed ?? settings.terminalFont)
  const save = async (): Promise<void> => {
    if (typed === undefined || reading.kind === 'refused') return
    setTyped(undefined)
    await page.ask('settings.set', { terminalFont: reading.value })
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void save()
  }
  const { problem } = reading
  return (
    <Line
      title={<label htmlFor={id}>Font</label>}
      text={
        problem === undefined ? (
          <span id={said}>Empty: JetBrains Mono, which comes with Culvert.</span>
        ) : (
          <span id={said} className="hint bad" role="alert">
            <Glyph tone="failed" size="small" />
            <span>{problem}</span>
          </span>
        )
      }
    >
      <form className="font" noValidate onSubmit={submit}>
        <TextInput
          id={id}
          maxLength={200}
          placeholder="JetBrains Mono"
          aria-invalid={problem !== undefined}
          aria-describedby={said}
          value={typed ?? settings.terminalFont}
          onBlur={() => void save()}
          onChange={setTyped}
        />
      </form>
    </Line>
  )
}

/** The lines of the "Terminal" section. */
export function Terminal({ settings }: { readonly settings: Settings }): ReactNode {
  const page = usePage()
  const askId = useId()
  return (
    <>
      <Preview settings={settings} />
      <FontLine settings={settings} />
      <NumberLine
        name="terminalFontSize"
        title="Font size"
        text="Also by the keys for larger and smaller text in a terminal."
        unit="px"
        settings={settings}
      />
      <NumberLine
        name="scrollbackLines"
        title="Scrollback"
        text="How much a terminal keeps above its screen."
        unit="lines"
        settings={settings}
      />
      <Line
        title={<label htmlFor={askId}>Ask before closing a terminal</label>}
        text="Where its session still runs. A terminal that has ended is closed at once."
      >
        <Toggle
          id={askId}
          isOn={settings.askBeforeClosing}
          onChange={(askBeforeClosing) => void page.ask('settings.set', { askBeforeClosing })}
        />
      </Line>
    </>
  )
}
