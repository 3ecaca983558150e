# One Dockerfile for every image: docker build --build-arg SERVICE=gateway -t seams/gateway:0.1.0 .
#
# SERVICE is one of gateway, auth, business-logic, storage, analytics, tools (tools/images/contents.ts). The stage
# "build" is the same for all of them and is made once. linux/amd64 and linux/arm64: build with --platform; one package
# (argon2) has native code, so the build stage runs on the target's platform. The same bytes from the same commit:
# every file has the time SOURCE_DATE_EPOCH; for the layers' own times say --output type=image,rewrite-timestamp=true.
# /seams/sbom.json (CycloneDX) lists what of others is inside.
ARG NODE_VERSION=24.21.0
ARG BUILD_IMAGE=docker.io/library/node:${NODE_VERSION}-bookworm-slim
# Node and what it links to: no shell, no package manager. Debug with kubectl debug --image.
ARG RUN_IMAGE=gcr.io/distroless/nodejs24-debian12:nonroot

# Only what decides which packages there are: npm ci runs again when one of these changes, not with each source file.
FROM ${BUILD_IMAGE} AS manifests
WORKDIR /all
COPY . .
RUN find . -name node_modules -prune -o \( -name package.json -o -name package-lock.json -o -name .npmrc \) -print \
    | while read -r file; do install -D -m 644 "$file" "/manifests/$file"; done

FROM ${BUILD_IMAGE} AS build
WORKDIR /seams
COPY --from=manifests /manifests ./
# No install script is needed for what runs in an image.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node node_modules/typescript/bin/tsc -b && node console/build.ts
ARG SERVICE
ARG SOURCE_DATE_EPOCH=0
RUN node tools/images/assemble.ts "${SERVICE}" /image

FROM ${RUN_IMAGE}
ARG SERVICE
ARG REVISION=unknown
LABEL org.opencontainers.image.title="seams/${SERVICE}" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision="${REVISION}" \
      seams.sbom="/seams/sbom.json"
ENV NODE_ENV=production PATH=/nodejs/bin:/usr/local/bin:/usr/bin:/bin \
    MALLOC_ARENA_MAX=1 MALLOC_TRIM_THRESHOLD_=65536
WORKDIR /seams
COPY --from=build /image ./
USER 65532:65532
ENTRYPOINT ["/nodejs/bin/node"]
# As SERVICE_MEMORY of tools/system/node-flags.ts. main.js and migrate.js name each image's own programs.
CMD ["--max-old-space-size=96", "--max-semi-space-size=8", "--v8-pool-size=1", "--no-node-snapshot", "main.js"]
