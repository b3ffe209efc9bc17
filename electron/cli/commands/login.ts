// culvert login: logs in to IAM Identity Center for a profile, in the browser that it opens, or by a code.
//
// For people, stderr names the page and the login, and stdout the outcome. With --json stdout has one object a line:
//   {"type":"page","kind":"code"|"device","url","userCode"?,"endsAt","profile","startUrl","account"?}
//   {"type":"done","profile","startUrl","account"?,"endsAt"}       times are ISO; fields may be added
// Does not own the login (aws/login/), nor the lock that lets one process log in at a time.

import { printableJson, shownName } from '../../../shared/foreigntext'
import { clockWords } from '../../../shared/status'
import { logInTo } from '../../core/environments/open'
import { findOpener, startOpener, writeRedirect, type RedirectFile } from '../../web/opener'
import type { LocalCommand } from '../context'
import { wordLine } from '../text'

type Show = Parameters<typeof logInTo>[0]['show']
type Step = Parameters<Show>[0]
type Names = Parameters<Show>[1]

const isoTime = (epochMs: number): string => new Date(epochMs).toISOString()

/** "the profile "corp" (account 1111 2222 3333, https://corp.awsapps.com/start)" */
function subject({ profile, account, startUrl }: Names): string {
  const id = account === undefined ? '' : `account ${account.replaceAll(/(\d{4})(?=\d)/g, '$1 ')}, `
  return `the profile "${shownName(profile)}" (${id}${shownName(startUrl)})`
}

/** "16:20", with the date in front where the login lasts for more than half a day. */
function timeWords(endsAt: number): string {
  const isToday = endsAt - Date.now() < 43_200_000
  return isToday ? clockWords(endsAt) : `${isoTime(endsAt).slice(0, 10)} ${clockWords(endsAt)}`
}

/** Logs in, and resolves when the login is kept. */
export const login: LocalCommand = async ({ args, env, platform, stdout, stderr, signal }) => {
  const isJson = args.flag('json')
  const opener = args.flag('no-browser') ? undefined : findOpener(env, platform)
  const profile = args.value('profile')
  let redirect: RedirectFile | undefined
  const say = (text: string): void => void stderr.write(wordLine(text))

  const openBrowser = async (url: string): Promise<void> => {
    if (opener === undefined) return
    try {
      // The address contains the state of the login, and every user of a computer can read the arguments of programs.
      redirect = await writeRedirect(url)
      startOpener(opener, redirect.file, (why) => say(`No browser could be opened (${why}): open the address above.`))
    } catch (error) {
      say(
        `No browser could be opened (${error instanceof Error ? error.message : String(error)}): open the address above.`,
      )
    }
  }
  const show = (step: Step, names: Names): void => {
    if (isJson) {
      void stdout.write(`${printableJson({ type: 'page', ...step, ...names, endsAt: isoTime(step.endsAt) })}\n`)
    } else {
      const where =
        opener === undefined ? 'open this address in a browser' : 'continue in your browser, or open this address'
      say(`To log in to ${subject(names)}, ${where}${step.kind === 'code' ? ' on this computer' : ''}:`)
      void stderr.write(`${step.url}\n`)
      if (step.kind === 'device') say(`Check that the page shows the code ${step.userCode}`)
      else if (opener === undefined) say('For the browser of another computer, run it again with --device.')
    }
    void openBrowser(step.url)
  }
  try {
    const done = await logInTo({
      ...(profile === undefined ? {} : { profile }),
      env,
      // If no browser can be opened here, the person's browser is on another computer and cannot reach a listener of this one.
      isDevice: args.flag('device') || (opener === undefined && !args.flag('no-browser')),
      show,
      onWait: (pid) => {
        const by = pid === undefined ? 'Another Culvert' : `Another Culvert (process ${String(pid)})`
        say(`${by} is logging in to the same: waiting for it. Finish the login there, or end it.`)
      },
      signal,
    })
    const { endsAt } = done
    await stdout.write(
      isJson
        ? `${printableJson({ type: 'done', ...done, endsAt: isoTime(endsAt) })}\n`
        : `Logged in to ${subject(done)} until ${timeWords(endsAt)}\n`,
    )
    return 0
  } finally {
    redirect?.[Symbol.dispose]()
  }
}
