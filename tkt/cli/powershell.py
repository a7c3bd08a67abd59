"""Completion in PowerShell, which click does not know by itself."""

from __future__ import annotations

import os

from click.shell_completion import (
    CompletionItem,
    ShellComplete,
    add_completion_class,
    split_arg_string,
)

_SCRIPT = """\
Register-ArgumentCompleter -Native -CommandName %(prog_name)s -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)
    $env:%(complete_var)s = "powershell_complete"
    $env:TKT_COMPLETE_LINE = $commandAst.ToString()
    $env:TKT_COMPLETE_WORD = $wordToComplete
    try {
        %(prog_name)s | ForEach-Object {
            $value, $text = $_ -split "`t", 2
            if (-not $text) { $text = $value }
            [System.Management.Automation.CompletionResult]::new($value, $value, "ParameterValue", $text)
        }
    } finally {
        Remove-Item Env:%(complete_var)s, Env:TKT_COMPLETE_LINE, Env:TKT_COMPLETE_WORD
    }
}
"""


@add_completion_class
class PowerShellComplete(ShellComplete):
    """Asks tkt for completions from a native argument completer."""

    name = "powershell"
    source_template = _SCRIPT

    def get_completion_args(self) -> tuple[list[str], str]:
        """The words before the cursor's, and the one at the cursor."""
        words = split_arg_string(os.environ.get("TKT_COMPLETE_LINE", ""))[1:]
        incomplete = os.environ.get("TKT_COMPLETE_WORD", "")
        return (words[:-1] if incomplete and words else words), incomplete

    def format_completion(self, item: CompletionItem) -> str:
        """A line: the value, a tab, and what it means."""
        return f"{item.value}\t{item.help or ''}"
