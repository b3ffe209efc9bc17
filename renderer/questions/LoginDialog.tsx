// The question to log in on a page of AWS. Names account and start URL, and has the button that opens the page. Closes by itself after
// the login.
//
// The browser is opened by the button only. Closing dismisses the question, which ends the login.

import { ExternalLink } from 'lucide-react'
import { useRef, useState, type ReactNode } from 'react'
import type { LoginAsked } from '../../shared/model/snapshot'
import { clockWords } from '../../shared/status'
import { usePage } from '../context'
import { Button } from '../parts/controls/Button'
import { Dialog } from '../parts/floats/Dialog'
import { Glyph } from '../parts/Glyph'
import { ForeignName } from '../parts/text/Foreign'

/** An account id as people read it: "1111 2222 3333". */
function accountText(account: string): string {
  return account.replaceAll(/(\d{4})(?=\d)/g, '$1 ')
}

/** The dialog of one login. */
export function LoginDialog({ question }: { readonly question: LoginAsked & { readonly id: string } }): ReactNode {
  const page = usePage()
  const open = useRef<HTMLButtonElement>(null)
  const [isOpened, setOpened] = useState(false)
  const { id, profile, account, startUrl, url, userCode, endsAt } = question
  const dismiss = (): void => void page.ask('question.dismiss', { questionId: id })
  const title = (
    <>
      Log in with the profile <ForeignName text={profile} />
    </>
  )
  return (
    <Dialog isNarrow title={title} onClose={dismiss} firstFocus={open}>
      <div className="body login-form">
        <dl>
          {account !== undefined && (
            <>
              <dt>Account</dt>
              <dd>
                <ForeignName text={accountText(account)} />
              </dd>
            </>
          )}
          <dt>Start URL</dt>
          <dd>
            <ForeignName text={startUrl} />
          </dd>
        </dl>
        {userCode === undefined ? (
          <p>
            Log in on AWS’s page and allow the access. Use a browser on the computer where Culvert runs; for any other
            one, use a code.
          </p>
        ) : (
          <>
            <p>Log in on AWS’s page and allow the access, if the page shows this code:</p>
            <p className="user-code">
              <ForeignName text={userCode} />
            </p>
          </>
        )}
        <p className="progress" role="status">
          {isOpened ? (
            <>
              <Glyph tone="working" size="small" /> Waiting for the login until {clockWords(endsAt)}.
            </>
          ) : (
            'Culvert goes on by itself after it.'
          )}
        </p>
      </div>
      <footer>
        {userCode === undefined && (
          <Button
            size="large"
            variant="quiet"
            onClick={() => void page.ask('login.begin', { profile, isDevice: true })}
          >
            Use a code
          </Button>
        )}
        <Button size="large" onClick={dismiss}>
          Not now
        </Button>
        <Button
          ref={open}
          size="large"
          variant="primary"
          icon={ExternalLink}
          onClick={() => {
            setOpened(true)
            window.open(url, '_blank', 'noopener,noreferrer')
          }}
        >
          {isOpened ? 'Open the page again' : 'Open login page'}
        </Button>
      </footer>
    </Dialog>
  )
}
