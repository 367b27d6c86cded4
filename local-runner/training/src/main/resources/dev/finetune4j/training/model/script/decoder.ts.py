# A decoder of L layers: embedding, layers, norm, head. Everything that lives longer than a call is made here once and handed back
# at each call. N tokens of a micro-batch, of which M have a target that counts, C width, H query heads, K key heads, D head width, F
# feed-forward width, V vocabulary, v virtual tokens.

# What the weights outside the layers learn, float32 and in their shapes; [0] for each that is frozen. Where the head is tied, its
# gradient is the embedding's.
class Gradient(NamedTuple):
  embedding : Tensor                           # [V, C]
  norm : Tensor                                # [C]
  head : Tensor                                # [V, C]
  prompt : Tensor                              # [v, C]

class Decoder(NamedTuple):
  embedding : Tensor                           # [V, C]
  norm : Tensor                                # [C]
  head : Tensor                                # [V, C], the embedding itself where tied
  shape : __torch__.layer.Shape
  embedding_scale : float                      # of the embeddings that enter the first layer
  logit_cap : float                            # c of the head, 0 for none
  grad : __torch__.decoder.Gradient
  prompt : Tensor                              # [v, C] what virtual tokens are embedded as (Lester et al. 2021), [0, C] for none
  padding : int                                # the token whose embedding no input trains (padding_idx), -1 for none

# What scratch is made of.
class Room(NamedTuple):
  x : Tensor                                   # [N, C]
  dx : Tensor                                  # [N, C]
  dh : Tensor                                  # [N, C]
  wide : Tensor                                # [N, C] float32, or [0]
  inner : Tensor                               # [N, W], W = max(3 F, 2 (H + K) D), what feed-forward or attention needs

class Workspace(NamedTuple):
  slots : List[__torch__.layer.Slot]
  room : __torch__.decoder.Room
  logits : Tensor                              # [l] of some rows and some tokens of the vocabulary
  wide : Tensor                                # [w] float32, some of the logits, or logits itself
  level : int                                  # 0 keep all but the residual stream after attention, 1 compute the feed-forward again, too,
                                               # 2 compute the whole layer again

# One linear layer with its adapters as views of the flat vectors, from offset on: A factors first, then the B factors.
# plan holds, for each adapted part, its first output, its outputs and its rank; scales the factor of its update.
def linear(weight: Tensor, bias: Tensor, flat: Tensor, grad: Tensor, offset: int, plan: List[int], scales: List[float], dropout: float) -> __torch__.linear.Linear:
  inputs = weight.size(1)
  parts = len(plan) // 3
  ranks = 0
  for j in range(parts):
    ranks = ranks + plan[3 * j + 2]
  at = offset + ranks * inputs
  a = flat[offset:at].view([ranks, inputs])                                            # [R, I]
  grad_a = grad[offset:at].view([ranks, inputs])                                       # [R, I]
  b = annotate(List[Tensor], [])
  grad_b = annotate(List[Tensor], [])
  first = annotate(List[int], [])
  for j in range(parts):
    outputs = plan[3 * j + 1]
    rank = plan[3 * j + 2]
    torch.append(first, plan[3 * j])
    torch.append(b, flat[at:at + outputs * rank].view([outputs, rank]))                # [O_j, R_j]
    torch.append(grad_b, grad[at:at + outputs * rank].view([outputs, rank]))           # [O_j, R_j]
    at = at + outputs * rank
  return __torch__.linear.Linear(weight, annotate(List[__torch__.packed.Part], []), bias, a, b, first, grad_a, grad_b, scales, dropout, annotate(List[__torch__.magnitude.Magnitude], []))

# How much of the flat vectors it takes.
def linear_size(weight: Tensor, plan: List[int]) -> int:
  size = 0
  for j in range(len(plan) // 3):
    size = size + plan[3 * j + 2] * (weight.size(1) + plan[3 * j + 1])
  return size

# weights, grads: for each layer attention norm, qkv, its bias, query norm, key norm, out, its bias, norm of out, feed-forward norm,
# gate and up, its bias, down, its bias, norm of down. plans and scales: for each layer the adapted parts of qkv, out, gate and up,
# down. windows, rotaries: one for each layer. trained_prefix: keys and values of v virtual tokens, [v, L 2 K D], and their gradient.
def layers(weights: List[Tensor], grads: List[Tensor], decoder: __torch__.decoder.Decoder, query_scale: float, score_cap: float, windows: List[int], rotaries: List[int], trained_prefix: List[Tensor], flat: Tensor, grad: Tensor, plans: List[List[int]], scales: List[List[float]], dropout: float) -> List[__torch__.layer.Layer]:
  made = annotate(List[__torch__.layer.Layer], [])
  at = 0
  shape = [trained_prefix[0].size(0), len(windows), 2 * decoder.shape.key_heads, decoder.shape.head_width]
  for i in range(len(windows)):
    w = weights[14 * i:14 * i + 14]
    linears = annotate(List[__torch__.linear.Linear], [])
    for j in range(4):
      weight = w[[1, 5, 9, 11][j]]
      plan = plans[4 * i + j]
      torch.append(linears, __torch__.decoder.linear(weight, w[[2, 6, 10, 12][j]], flat, grad, at, plan, scales[4 * i + j], dropout))
      at = at + __torch__.decoder.linear_size(weight, plan)
    g = grads[14 * i:14 * i + 14]
    learned = __torch__.layer.Gradient(g[0], g[1], g[2], g[3], g[4], g[5], g[6], g[7], g[8], g[9], g[10], g[11], g[12], g[13])
    look = __torch__.attention.Look(decoder.shape.heads, decoder.shape.key_heads, query_scale, score_cap, windows[i], True)
    keys_values = __torch__.prefix_tuning.Prefix(trained_prefix[0].view(shape)[:, i], trained_prefix[1].view(shape)[:, i])
    torch.append(made, __torch__.layer.Layer(w[0], linears[0], w[3], w[4], linears[1], w[7], w[8], linears[2], linears[3], w[13], look, rotaries[i], learned, keys_values))
  return made

# What the ranks of a layer sum to, of the layer that has most.
def most_ranks(layers: List[__torch__.layer.Layer]) -> int:
  most = 0
  for i in range(len(layers)):
    most = max(most, __torch__.layer.ranks(layers[i]))
  return most

# Room for what a norm needs for its way back: nothing where the model has not that norm.
def room(norm: Tensor, N: int, columns: int, dtype: int) -> Tensor:
  if norm.numel() > 0:
    made = torch.empty([N, columns], dtype=dtype)
  else:
    made = torch.empty([0, columns], dtype=dtype)
  return made

# Room for N tokens and for l logits, of which w at a time are in float32.
def workspace(decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], N: int, l: int, w: int, level: int) -> __torch__.decoder.Workspace:
  d = decoder.embedding.dtype
  C = decoder.head.size(1)
  layer = layers[0]
  Y = layer.qkv.weight.size(0)                                                         # (H + 2 K) D
  O = layer.out.weight.size(1)                                                         # H D
  F = layer.down.weight.size(1)
  D = decoder.shape.head_width
  normed = decoder.shape.heads + decoder.shape.key_heads                               # H + K
  slots = annotate(List[__torch__.layer.Slot], [])
  qkv = torch.empty([N, Y], dtype=d)                                                   # [N, (H + 2 K) D]
  heads = __torch__.decoder.room(layer.query_norm, N, normed * D, d).view([-1, normed, D])  # [N, H + K, D]
  o = torch.empty([N, O], dtype=d)                                                     # [N, H D]
  out = __torch__.decoder.room(layer.out_norm, N, C, d)                                # [N, C]
  h2 = torch.empty([N, C], dtype=d)                                                    # [N, C]
  gu = torch.empty([N, 2 * F], dtype=d)                                                # [N, 2 F]
  down = __torch__.decoder.room(layer.down_norm, N, C, d)                              # [N, C]
  factors = torch.empty([N, 2], dtype=6)
  most = __torch__.decoder.most_ranks(layers)
  low = torch.empty([N, most], dtype=d)
  for i in range(len(layers)):
    if level < 2:
      factors = torch.empty_like(factors)
      ranks = most                                                                     # the loss alone is computed in the first two
      if i > 1:
        ranks = __torch__.layer.ranks(layers[i])
      low = torch.empty([N, ranks], dtype=d)
      qkv = torch.empty_like(qkv)
      heads = torch.empty_like(heads)
      o = torch.empty_like(o)
      down = torch.empty_like(down)
    if level < 1:
      gu = torch.empty([N, 2 * F], dtype=d)
    torch.append(slots, __torch__.layer.Slot(qkv, heads, o, out, h2, gu, down, torch.empty([N, C], dtype=d), factors, low))
  inner = torch.empty([N, max(3 * F, O + Y)], dtype=d)                                 # [N, W]
  room = __torch__.decoder.Room(torch.empty([N, C], dtype=d), torch.empty([N, C], dtype=d), torch.empty([N, C], dtype=d), __torch__.rms_norm.room(h2), inner)
  logits = torch.empty([l], dtype=d)
  wide = logits
  if d != 6:
    wide = torch.empty([w], dtype=6)
  return __torch__.decoder.Workspace(slots, room, logits, wide, level)

# Rows a .. z of everything.
def slot_rows(s: __torch__.layer.Slot, a: int, z: int) -> __torch__.layer.Slot:
  return __torch__.layer.Slot(s.qkv[a:z], s.heads[a:z], s.o[a:z], s.out[a:z], s.h2[a:z], s.gu[a:z], s.down[a:z], s.h3[a:z], s.factors[a:z], s.low[a:z])

def room_rows(r: __torch__.decoder.Room, a: int, z: int) -> __torch__.decoder.Room:
  return __torch__.decoder.Room(r.x[a:z], r.dx[a:z], r.dh[a:z], r.wide[a:z], r.inner[a:z])

# The first elements of a room as a matrix.
def matrix(room: Tensor, rows: int, columns: int) -> Tensor:
  return room[0:rows * columns].view([rows, columns])

# The first numbers of a room, or new ones where it has not as many.
def taken(room: Tensor, size: int) -> Tensor:
  first = room[0:size]                                                                 # [size], or fewer
  if room.size(0) < size:
    first = torch.empty([size], dtype=room.dtype)
  return first

# What N tokens need; attention's scores lie behind its other scratch, and with learn their gradient behind them.
def scratch(whole: __torch__.decoder.Room, N: int, place: __torch__.layer.Place, decoder: __torch__.decoder.Decoder, layer: __torch__.layer.Layer, learn: bool) -> __torch__.layer.Scratch:
  r = __torch__.decoder.room_rows(whole, 0, N)
  inner = r.inner.view([-1])                                                           # [N W]
  end = inner.size(0)
  Y = layer.qkv.weight.size(0)                                                         # (H + 2 K) D
  O = layer.out.weight.size(1)                                                         # H D
  F = layer.down.weight.size(1)
  m = __torch__.decoder.matrix(inner, N, F)                                            # [N, F]
  dgu = __torch__.decoder.matrix(inner[N * F:end], N, 2 * F)                           # [N, 2 F]
  do = __torch__.decoder.matrix(inner, N, O)                                           # [N, H D]
  dqkv = __torch__.decoder.matrix(inner[N * O:end], N, Y)                              # [N, (H + 2 K) D]
  left = inner[N * (O + Y):end]
  size = __torch__.attention.room_size(N, place.prefix, place.groups, layer.look, decoder.shape.head_width)
  scores = __torch__.decoder.taken(left, size)                                         # [size]
  dscores = left[0:0]
  if learn:
    dscores = __torch__.decoder.taken(left[size:left.size(0)], size)                   # [size]
  return __torch__.layer.Scratch(r.x, r.dx, r.dh, r.wide, m, dgu, do, dqkv, scores, dscores)

# The part of a workspace that holds rows a .. z of a batch, and share i of n of the room for logits: what one of n threads works in.
def share(space: __torch__.decoder.Workspace, a: int, z: int, i: int, n: int) -> __torch__.decoder.Workspace:
  slots = annotate(List[__torch__.layer.Slot], [])
  for j in range(len(space.slots)):
    torch.append(slots, __torch__.decoder.slot_rows(space.slots[j], a, z))
  l = space.logits.size(0) // n
  w = space.wide.size(0) // n
  return __torch__.decoder.Workspace(slots, __torch__.decoder.room_rows(space.room, a, z), space.logits[i * l:(i + 1) * l], space.wide[i * w:(i + 1) * w], space.level)

# Where among ids [N] the n virtual tokens stand, and which of the v they are: id -1 is the first.
def virtual_places(ids: Tensor) -> Tensor:
  return torch.nonzero(torch.lt(ids, 0)).squeeze(1)                                    # [n]

def virtual_numbers(ids: Tensor, places: Tensor) -> Tensor:
  return torch.sub(torch.neg(torch.index_select(ids, 0, places)), 1)                   # [n]

# What enters the first layer: [N, C].
def embed(ids: Tensor, decoder: __torch__.decoder.Decoder) -> Tensor:
  h = torch.embedding(decoder.embedding, torch.clamp_min(ids, 0))                      # [N, C]
  if decoder.embedding_scale != 1.0:
    h.mul_(decoder.embedding_scale)
  if decoder.prompt.size(0) > 0:
    places = __torch__.decoder.virtual_places(ids)
    h.index_copy_(0, places, torch.index_select(decoder.prompt, 0, __torch__.decoder.virtual_numbers(ids, places)))
  return h

# The norm before the head, of rows h [M, C]: [M, C].
def last_norm(h: Tensor, decoder: __torch__.decoder.Decoder) -> Tensor:
  wide = __torch__.rms_norm.room(h)
  return __torch__.rms_norm.forward(h, __torch__.rms_norm.factor(h, decoder.shape.eps, wide), decoder.norm, torch.empty_like(h), wide)

# Adds the gradients of embedding and virtual tokens, where they are learned, from that of what enters the first layer.
def embed_backward(dh: Tensor, ids: Tensor, decoder: __torch__.decoder.Decoder) -> Tensor:
  if decoder.grad.embedding.numel() > 0:
    trained = torch.nonzero(torch.ne(ids, decoder.padding)).squeeze(1)                 # [N less padding]
    decoder.grad.embedding.index_add_(0, torch.index_select(ids, 0, trained), torch.to(torch.index_select(dh, 0, trained), 6), alpha=decoder.embedding_scale)
  if decoder.grad.prompt.numel() > 0:
    places = __torch__.decoder.virtual_places(ids)
    decoder.grad.prompt.index_add_(0, __torch__.decoder.virtual_numbers(ids, places), torch.to(torch.index_select(dh, 0, places), 6))
  return dh

# Summed loss [1] float64 of the rows [M] whose targets [M] count; nothing is kept.
def loss(ids: Tensor, rows: Tensor, targets: Tensor, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], place: __torch__.layer.Place, space: __torch__.decoder.Workspace) -> Tensor:
  N = ids.size(0)
  scratch = __torch__.decoder.scratch(space.room, N, place, decoder, layers[0], False)
  h = __torch__.decoder.embed(ids, decoder)                                            # [N, C]
  for i in range(len(layers)):
    slot = __torch__.decoder.slot_rows(space.slots[i % 2], 0, N)
    h = __torch__.layer.forward(h, layers[i], decoder.shape, place, slot, scratch).slot.h3
  last = torch.index_select(h, 0, rows)                                                # [M, C]
  x = __torch__.decoder.last_norm(last, decoder)                                       # [M, C]
  return __torch__.head.loss(x, targets, decoder.head, decoder.logit_cap, 1.0, False, space.logits, space.wide, x, decoder.grad.head)

# The same with the gradient of scale * loss added to the gradients of what is trained.
def accumulate(ids: Tensor, rows: Tensor, targets: Tensor, scale: float, decoder: __torch__.decoder.Decoder, layers: List[__torch__.layer.Layer], place: __torch__.layer.Place, space: __torch__.decoder.Workspace) -> Tensor:
  N = ids.size(0)
  L = len(layers)
  scratch = __torch__.decoder.scratch(space.room, N, place, decoder, layers[0], True)
  h = __torch__.decoder.embed(ids, decoder)                                            # [N, C]
  traces = annotate(List[__torch__.layer.Trace], [])
  for i in range(L):
    trace = __torch__.layer.forward(h, layers[i], decoder.shape, __torch__.decoder.at_layer(place, i, L), __torch__.decoder.slot_rows(space.slots[i], 0, N), scratch)
    torch.append(traces, trace)
    h = trace.slot.h3
  last = torch.index_select(h, 0, rows)                                                # [M, C]
  wide = __torch__.rms_norm.room(last)
  r = __torch__.rms_norm.factor(last, decoder.shape.eps, wide)                         # [M, 1]
  x = __torch__.rms_norm.forward(last, r, decoder.norm, torch.empty_like(last), wide)  # [M, C]
  dx = torch.empty_like(x)                                                             # [M, C]
  total = __torch__.head.loss(x, targets, decoder.head, decoder.logit_cap, scale, True, space.logits, space.wide, dx, decoder.grad.head)
  __torch__.rms_norm.backward_weight(dx, last, r, decoder.grad.norm, x, wide)
  dlast = __torch__.rms_norm.backward(dx, last, r, decoder.norm, torch.zeros_like(last), x, wide)  # [M, C]
  dh = scratch.dh.zero_()                                                              # [N, C]
  dh.index_copy_(0, rows, dlast)
  learns_input = decoder.grad.embedding.numel() > 0 or decoder.grad.prompt.numel() > 0
  for j in range(L):
    i = L - 1 - j
    here = __torch__.decoder.at_layer(place, i, L)
    trace = traces[i]                                                                  # the last layer's is still whole
    if space.level == 2 and j > 0:
      trace = __torch__.layer.forward(trace.h, layers[i], decoder.shape, here, trace.slot, scratch)
    if space.level < 2 and j > 0:
      __torch__.layer.again_attention_branch(trace, layers[i], decoder.shape, here)
    if space.level == 1 and j > 0:
      __torch__.layer.again_feed_forward(trace, layers[i], here, scratch)
    __torch__.layer.backward(dh, trace, layers[i], decoder.shape, here, scratch, i == 0 and not learns_input)
  __torch__.decoder.embed_backward(dh, ids, decoder)
  return total

# Every layer drops other inputs.
def at_layer(place: __torch__.layer.Place, i: int, L: int) -> __torch__.layer.Place:
  seed = place.seed
  if seed >= 0:
    seed = seed * L + i
  return __torch__.layer.Place(place.positions, place.cos, place.sin, place.prefix, place.groups, seed)
