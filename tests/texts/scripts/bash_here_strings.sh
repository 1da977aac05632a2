IFS=, read -ra parts <<<'one,two words,,"four"'
printf '[%s]' "${parts[@]}"; echo
read -r -d '' block <<'SQL'
SELECT "name", count(*) AS n
  FROM t WHERE x LIKE '%a\_b%' -- ; not the end
 GROUP BY 1;
SQL
echo "$block" | sed 's/^/| /'
read -r first rest <<<"  lead and   trail  "; echo "<$first> <$rest>"
IFS= read -r exact <<<"  kept  "; echo "<$exact>"
tr a-z A-Z <<<"${parts[1]} \$x \\ 'q'"
wc -l <<<$'a\nb\nc' | tr -d ' '
read -r -n 3 three <<<abcdef; echo "$three"
bc_like=$(( $(tr + '*' <<<'6+7') )); echo "$bc_like"
