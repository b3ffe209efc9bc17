// The shell of the Demo's Windows instances: a prompt like PowerShell's and a handful of commands. It runs no program.
//
// A Linux or macOS computer has no PowerShell to lend, and bash under a Windows name would teach the wrong thing.

import { LineTerminal } from './lineterminal'
import type { TerminalListener } from './pty'

const PROMPT = 'PS C:\\Windows\\system32> '
const RED = '\u001b[31m'
const PLAIN = '\u001b[0m'
const CLEARED = '\u001b[H\u001b[2J'

const HELP = `This PowerShell is make-believe: it belongs to the Culvert demo and runs nothing.

dir              lists a made-up folder
Get-Process      lists made-up processes
Get-Service      lists made-up services
ipconfig         prints the instance's address
hostname         prints the instance's name
whoami           prints the user of the session
Get-Date         prints the time
Write-Output     prints what follows it
cls              clears the screen
exit             ends the session
`

const FOLDER = `
    Directory: C:\\Windows\\system32

Mode                LastWriteTime         Length Name
----                -------------         ------ ----
d-----        11/03/2026     08:12               drivers
d-----        11/03/2026     08:12               LogFiles
-a----        10/14/2026     02:47         289792 cmd.exe
-a----        10/14/2026     02:47          20992 hostname.exe
-a----        10/14/2026     02:47          73728 whoami.exe

`

const PROCESSES = `
Handles  NPM(K)    PM(K)      WS(K)     CPU(s)     Id ProcessName
-------  ------    -----      -----     ------     -- -----------
    421      21    38212      51320       4.91   1840 amazon-ssm-agent
    188      14    12604      20116       0.62   2216 ssm-agent-worker
    702      45   120448     141900      31.20   3024 sqlservr
    214      13     6120      14008       0.11    812 svchost

`

const SERVICES = `
Status   Name               DisplayName
------   ----               -----------
Running  AmazonSSMAgent     Amazon SSM Agent
Running  Dnscache           DNS Client
Running  EventLog           Windows Event Log
Stopped  Spooler            Print Spooler
Running  TermService        Remote Desktop Services

`

/** The instance that the shell pretends to be on. */
export interface PretendedComputer {
  readonly name: string
  readonly privateIp: string
}

function hostOf({ name }: PretendedComputer): string {
  return name.toUpperCase().slice(0, 15)
}

/** Answers one line as `LineProgram.run` does; `now` is epoch ms. */
function runPowerShell(line: string, computer: PretendedComputer, now: number): string | undefined {
  const [word = '', ...rest] = line.trim().split(/\s+/)
  switch (word.toLowerCase()) {
    case 'exit':
      return undefined
    case 'help':
    case 'get-help':
    case 'get-command':
      return HELP
    case 'dir':
    case 'ls':
    case 'gci':
    case 'get-childitem':
      return FOLDER
    case 'pwd':
    case 'get-location':
      return '\nPath\n----\nC:\\Windows\\system32\n\n'
    case 'get-process':
    case 'gps':
    case 'ps':
      return PROCESSES
    case 'get-service':
      return SERVICES
    case 'hostname':
      return `${hostOf(computer)}\n`
    case 'whoami':
      return `${hostOf(computer).toLowerCase()}\\ssm-user\n`
    case 'ipconfig':
      return `\nWindows IP Configuration\n\n   IPv4 Address. . . . . . . . . . . : ${computer.privateIp}\n\n`
    case 'get-date':
      return `\n${new Date(now).toUTCString()}\n\n`
    case 'echo':
    case 'write-output':
    case 'write-host':
      return `${rest.join(' ').replaceAll(/^(["'])(.*)\1$/g, '$2')}\n`
    case 'cls':
    case 'clear':
    case 'clear-host':
      return CLEARED
    default:
      return `${RED}${word} : The Demo's make-believe PowerShell does not know '${word}'. Type help to see what it knows.${PLAIN}\n`
  }
}

/** Opens the shell, or runs one line of it (`command`). Starts no process. */
export function openPowerShell(
  computer: PretendedComputer,
  command: string | undefined,
  listener: TerminalListener,
): LineTerminal {
  const run = (line: string): string | undefined => runPowerShell(line, computer, Date.now())
  return new LineTerminal({ prompt: PROMPT, isWindows: true, run }, command, listener)
}
