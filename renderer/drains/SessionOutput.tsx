// The lines of the "Output of sessions" section: what is recorded and for how long, the drains, and the name and address in their records.

import { FolderOpen } from 'lucide-react'
import type { ReactNode } from 'react'
import { pathProblem } from '../../shared/drainrules'
import { environmentId, settingsOf, withSettings } from '../../shared/environmentsettings'
import type { RecordingRule } from '../../shared/model/recording'
import type { Snapshot } from '../../shared/model/snapshot'
import { usePage } from '../context'
import { Button } from '../parts/controls/Button'
import { Segments } from '../parts/controls/Segments'
import { ForeignName } from '../parts/text/Foreign'
import { Line } from '../settings/Line'
import { NumberLine } from '../settings/NumberLine'
import { TextLine } from '../settings/TextLine'
import { Caution } from './Caution'
import { Drains } from './Drains'
import { keptWords } from './words'

const RULES: readonly { readonly value: RecordingRule; readonly label: string }[] = [
  { value: 'off', label: 'Off' },
  { value: 'ask', label: 'Ask' },
  { value: 'always', label: 'Always' },
]

const RULE_WORDS: Readonly<Record<RecordingRule, string>> = {
  off: 'Nothing is recorded, unless you record a terminal yourself.',
  ask: 'Each terminal asks when it opens.',
  always: 'Every session is recorded, also those of the command line. One that cannot be recorded is not opened.',
}

/** The recording rule of the shown environment. */
function Rule({ snapshot }: { readonly snapshot: Snapshot }): ReactNode {
  const page = usePage()
  const { environment, settings } = snapshot
  const { name, region } = environment
  if (region === '') return <Line title="Record terminals" text="The environment is not open yet." />
  const rule = settingsOf(settings.environments, name, region).recording ?? 'off'
  const choose = (recording: RecordingRule): void => {
    const environments = withSettings(settings.environments, environmentId(name, region), { recording })
    void page.ask('settings.set', { environments })
  }
  return (
    <Line
      title={
        <>
          Record terminals of <ForeignName text={name} /> <ForeignName text={region} />
        </>
      }
      text={RULE_WORDS[rule]}
    >
      <Segments label="Record terminals" value={rule} segments={RULES} onChange={choose} />
    </Line>
  )
}

const folderProblem = (text: string): string | undefined =>
  text === '/' ? undefined : pathProblem(text.replace(/[/\\]$/, ''))

const emailProblem = (text: string): string | undefined =>
  /^[^\s@]+@[^\s@]+$/.test(text) ? undefined : 'Enter an address such as ana@example.com.'

/** The lines of the section. */
export function SessionOutput({ snapshot }: { readonly snapshot: Snapshot }): ReactNode {
  const page = usePage()
  const { settings, environment, drains } = snapshot
  const { name, region } = environment
  const rule = settingsOf(settings.environments, name, region).recording ?? 'off'
  const isDrained = drains.some(({ drain }) => drain.isEnabled)
  // Once, at the first switch that is on.
  const warning = (
    <div className="warning">
      <Caution title={keptWords(rule, isDrained)} />
    </div>
  )
  return (
    <>
      {rule !== 'off' && warning}
      <Rule snapshot={snapshot} />
      <TextLine
        title="Folder of recordings"
        text="Only your user can read the files. Empty: a folder in Culvert’s data directory."
        placeholder="recordings"
        maxLength={1_000}
        saved={settings.recordingFolder}
        problemOf={folderProblem}
        onSave={(recordingFolder) => void page.ask('settings.set', { recordingFolder })}
      />
      <NumberLine
        name="recordingDays"
        title="Delete recordings after"
        text="Old ones are looked for every hour."
        unit="days"
        settings={settings}
      />
      <NumberLine
        name="recordingMegabytes"
        title="Keep recordings up to"
        text="All together. The oldest are deleted first."
        unit="MB"
        settings={settings}
      />
      <Line title="Recordings" text="Play them, search their text, export and delete them.">
        <Button icon={FolderOpen} onClick={() => page.show('recordings')}>
          Show recordings
        </Button>
      </Line>
      {rule === 'off' && isDrained && warning}
      <Drains snapshot={snapshot} />
      <NumberLine
        name="spoolMegabytes"
        title="Keep for each drain that fails up to"
        text="When that is full, the oldest records are dropped and counted. A required drain pauses its terminals instead."
        unit="MB"
        settings={settings}
      />
      <TextLine
        title="Your name"
        text="Sent with each record where AWS does not tell who you are."
        placeholder="Ana Lima"
        maxLength={200}
        saved={settings.userName}
        problemOf={() => undefined}
        onSave={(userName) => void page.ask('settings.set', { userName })}
      />
      <TextLine
        title="Your e-mail address"
        text="Sent with each record where AWS does not tell it."
        placeholder="ana@example.com"
        maxLength={320}
        saved={settings.userEmail}
        problemOf={emailProblem}
        onSave={(userEmail) => void page.ask('settings.set', { userEmail })}
      />
    </>
  )
}
