set -eu
out=$(mktemp)
cat >"$out" <<'YAML'
name: release
on: {push: {tags: ["v*"]}}
jobs:
  build:
    runs-on: ${{ matrix.os }}
    if: ${{ !cancelled() && github.ref == 'refs/heads/main' }}
    steps:
      - run: echo "sha=${{ github.sha }}" >> "$GITHUB_OUTPUT"
      - run: |
          echo '${{ toJSON(needs) }}'
YAML
grep -c '\${{' "$out"
sed -n 's/.*\${{ *\([a-zA-Z.()]*\) *}}.*/\1/p' "$out"
echo 'literal ${{ x }} and $${{ y }} and ${{'
version=1.2.3
echo "\${{ steps.v.outputs.v }} is ${version} }}"
rm -f "$out"
