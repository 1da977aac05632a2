"""Names and commands that hold the syntax of every layer between here and the shell: all of it must arrive as it is."""

import conducto as co

NAMES = [
    "a b",
    "A b",
    "..",
    "-rf",
    "$HOME",
    "$(shell id)",
    "${{ github.token }}",
    "{{workflow.name}}",
    "#1: 100%",
    "it's \"quoted\" `twice`",
    "back\\slash\\",
    "two\nlines",
    "tab\there",
    "käse 世界 \u202e",
    "true",
    "null",
    "1e3",
    "&anchor *alias !tag",
    "n" * 120,
]

COMMANDS = {
    "nothing": "",
    "make": "echo $$ $(X) $@ %.o: # not a comment \\",
    "shell": """echo "it's $HOME" 'and' `id -u` > /dev/null; echo "$0 $#" !! ~ {a,b} *""",
    "yaml": "- a: b\n---\n...\n%YAML 1.1\n? [x, {y: z}] | > & * ! @",
    "github": "echo '${{ github.token }} ${{ }}' ::set-output name=a::b\necho ::add-mask::true",
    "argo": "echo {{workflow.name}} {{=1+1}} {{inputs.parameters.x}} $(NAME) $$(NAME)",
    "jinja": "echo {{ x }} {% raw %} {# y #} {% endraw %}",
    "continued": "echo one \\\n  two \\\n  three",
    "heredoc": "cat <<-EOF\n\ttabs $HOME\n\t  and blanks\nEOF\ncat <<'EOF'\n${x} `y`\nEOF",
    "crlf": "echo windows\r\necho lines\r",
    "control": "printf '%s' 'bell \x07 escape \x1b[1m delete \x7f next \x85'",
    "unicode": "echo käse 世界 \u2028 \ufeff \U0001f600",
    "blanks": "echo 'trailing  \n\n   leading'   ",
    "broken": "if then ((",
}

ENV = {
    "PLAIN": "a",
    "MAKE": "$(X) $$ # \\",
    "QUOTES": "'\"`",
    "EXPRESSION": "${{ secrets.X }} {{workflow.uid}}",
    "LINES": "one\n two\n",
    "YES": "yes",
    "OCTAL": "0o14",
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "IFS": ",",
}


def run() -> co.Serial:
    root = co.Serial(doc="Nothing of this may be taken for syntax: ${{ x }} {{x}} $(x) # \\", stop_on_error=False)
    root["names"] = co.Parallel()
    for name in NAMES:
        root["names"][name] = co.Exec('echo "$CONDUCTO_NODE"')
    root["commands"] = co.Parallel()
    for name, command in COMMANDS.items():
        root["commands"][name] = co.Exec(command, suppress_errors=name in ("yaml", "broken"))
    root["env"] = co.Exec('echo "$MAKE" "$QUOTES" "$EXPRESSION" "$LINES"', env=ENV)
    return root
