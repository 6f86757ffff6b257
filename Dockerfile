# Tagtree in one container: the server with its two embedded engines, data in the volume /data.
# Not built by the project's own checks (they need nothing but Node.js): try it before you rely on it.
#   docker build -t tagtree . && docker run -p 7411:7411 -v tagtree:/data tagtree
FROM node:20-bookworm-slim
WORKDIR /tagtree
# PostgreSQL refuses to run as root; the image's ordinary user owns everything instead.
RUN mkdir /data && chown node:node /data /tagtree
USER node
COPY --chown=node:node . .
RUN npm run build
ENV TAGTREE_DATA_DIR=/data TAGTREE_HOST=0.0.0.0 TAGTREE_PORT=7411
VOLUME /data
EXPOSE 7411
# Without npm in between, so that the stop signal arrives.
CMD ["node", "packages/server/dist/main.js"]
