r"""How shells ask for completions: with scripts of our own, since those of click split words at = and :.

A script sends the command line up to the cursor in TKT_COMPLETE_LINE, and gets lines of a kind, a value and
its meaning, with tabs between them. Values come from tickets, which other people write: every shell quotes
them, so that a completion leaves one word on the command line and nothing to be run.
"""

from __future__ import annotations

import os
import re

from click.shell_completion import CompletionItem, ShellComplete, add_completion_class, split_arg_string

_BASH = r"""_tkt_completion() {
    local kind value meaning
    COMPREPLY=()
    while IFS=$'\t' read -r kind value meaning; do
        case $kind in
            file) compopt -o default 2>/dev/null ;;
            plain)
                [[ -n $value ]] || continue
                [[ $value == *[=:] ]] && compopt -o nospace 2>/dev/null
                printf -v value %%q "$value"
                COMPREPLY+=("$value")
                ;;
        esac
    done < <(TKT_COMPLETE_LINE=${COMP_LINE:0:COMP_POINT} TKT_COMPLETE_BREAKS=$COMP_WORDBREAKS \
        %(complete_var)s=bash_complete "$1" 2>/dev/null)
}
complete -o nosort -F _tkt_completion %(prog_name)s 2>/dev/null || complete -F _tkt_completion %(prog_name)s
"""

_ZSH = r"""#compdef %(prog_name)s

_tkt_completion() {
    local -a words_done words_open parts
    local line item
    local -x TKT_COMPLETE_LINE="${(j: :)words[1,CURRENT-1]} $PREFIX" %(complete_var)s=zsh_complete
    for line in "${(@f)$(%(prog_name)s 2>/dev/null)}"; do
        parts=("${(@ps:\t:)line}")
        parts=("${(@)parts//\\/\\\\}")
        item="${parts[2]//:/\\:}${parts[3]:+:$parts[3]}"
        case $parts[1] in
            file) compset -P '--*='; _files ;;
            plain) if [[ $parts[2] == *[=:] ]]; then words_open+=("$item"); else words_done+=("$item"); fi ;;
        esac
    done
    (( $#words_open )) && _describe -V %(prog_name)s words_open -U -S ''
    (( $#words_done )) && _describe -V %(prog_name)s words_done -U
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    _tkt_completion "$@"
else
    compdef _tkt_completion %(prog_name)s
fi
"""

_FISH = r"""function _tkt_completion
    set -lx TKT_COMPLETE_LINE (commandline -cp | string collect)
    set -lx %(complete_var)s fish_complete
    for line in (%(prog_name)s 2>/dev/null)
        set -l parts (string split -m 2 \t -- $line)
        switch $parts[1]
            case file
                __fish_complete_path (commandline -ct)
            case plain
                string join \t -- $parts[2..]
        end
    end
end

complete --no-files --keep-order --command %(prog_name)s --arguments "(_tkt_completion)"
"""

_POWERSHELL = r"""Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $env:%(complete_var)s = "powershell_complete"
    $env:TKT_COMPLETE_LINE = $commandAst.ToString()
    $env:TKT_COMPLETE_WORD = $wordToComplete
    try {
        %(prog_name)s 2>$null | ForEach-Object {
            $value, $text = $_ -split "`t", 2
            if (-not $text) { $text = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, "ParameterValue", $text)
        }
    } finally {
        Remove-Item Env:%(complete_var)s, Env:TKT_COMPLETE_LINE, Env:TKT_COMPLETE_WORD
    }
}
"""


class _LineComplete(ShellComplete):
    """Asked with the command line up to the cursor."""

    incomplete = ""

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor's, and the one at the cursor as far as it is typed."""
        # With one more character the last word is the cursor's, be it empty, quoted or escaped.
        words = split_arg_string(os.environ.get("TKT_COMPLETE_LINE", "") + "x")
        self.incomplete = words[-1][:-1]
        return words[1:-1], self.incomplete

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """What can stand at the cursor; `--option=` stays before its values."""
        name, equals, _ = incomplete.partition("=")
        found = super().get_completions(args, incomplete)
        if not (equals and name.startswith("--")):
            return found
        return [CompletionItem(f"{name}={each.value}", each.type, each.help) for each in found]

    def format_completion(self, item: CompletionItem[str]) -> str:
        """A line: the kind, the value, what it means."""
        return f"{item.type}\t{item.value}\t{item.help or ''}"


@add_completion_class
class Bash(_LineComplete):
    """Bash, which takes what follows the last = or : for a word of its own, as COMP_WORDBREAKS says."""

    name = "bash"
    source_template = _BASH

    def format_completion(self, item: CompletionItem[str]) -> str:
        """A line in which the value lacks what bash keeps as it is."""
        breaks = os.environ.get("TKT_COMPLETE_BREAKS", "")
        kept = max((self.incomplete.rfind(each) for each in breaks), default=-1) + 1
        return f"{item.type}\t{item.value[kept:]}\t"


@add_completion_class
class Zsh(_LineComplete):
    """Zsh, which shows meanings and quotes by itself."""

    name = "zsh"
    source_template = _ZSH


@add_completion_class
class Fish(_LineComplete):
    """Fish, which shows meanings and quotes by itself."""

    name = "fish"
    source_template = _FISH


@add_completion_class
class PowerShell(_LineComplete):
    """PowerShell, asked through its native argument completer."""

    name = "powershell"
    source_template = _POWERSHELL

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor's, and the one at the cursor."""
        words = split_arg_string(os.environ.get("TKT_COMPLETE_LINE", ""))[1:]
        incomplete = os.environ.get("TKT_COMPLETE_WORD", "")
        return (words[:-1] if incomplete and words else words), incomplete

    def get_completions(self, args: list[str], incomplete: str) -> list[CompletionItem[str]]:
        """What can stand at the cursor; where that is a file, PowerShell completes by itself."""
        return [each for each in super().get_completions(args, incomplete) if each.type == "plain"]

    def format_completion(self, item: CompletionItem[str]) -> str:
        """A line: the value, a tab, and what it means."""
        plain = re.fullmatch(r"[\w.:=/+-]+", item.value)
        value = item.value if plain else "'" + item.value.replace("'", "''") + "'"
        return f"{value}\t{item.help or ''}"
