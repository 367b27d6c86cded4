# The same products by oneDNN, which are faster than MKL's on processors that MKL was not made for. In 16 bits libtorch asks oneDNN itself.
# oneDNN gives each product in memory of its own; to copy it costs a few hundredths of it.

# Whether oneDNN makes it faster: of few rows the copy and the layout of W cost more than is gained.
def gains(x: Tensor) -> bool:
  return x.dtype == 6 and x.size(0) > 32

# x W^T, [N, O]. W may be the transpose of a matrix, not of a part of one: that would be computed number by number.
def made(x: Tensor, W: Tensor) -> Tensor:
  return ops.mkldnn._linear_pointwise(x, W, None, "none", annotate(List[Optional[number]], []), "")

# y = x W^T, [N, O].
def write(x: Tensor, W: Tensor, y: Tensor) -> Tensor:
  if __torch__.product.gains(x):
    y.copy_(__torch__.product.made(x, W))
  else:
    torch.mm(x, W.t(), out=y)
  return y

# y = h + x W^T, for h [N, O] or [O].
def write_sum(h: Tensor, x: Tensor, W: Tensor, y: Tensor) -> Tensor:
  if __torch__.product.gains(x):
    torch.add(h, __torch__.product.made(x, W), out=y)
  else:
    torch.addmm(h, x, W.t(), out=y)
  return y

# y += x W^T.
def add(y: Tensor, x: Tensor, W: Tensor) -> Tensor:
  if __torch__.product.gains(x):
    y.add_(__torch__.product.made(x, W))
  else:
    y.addmm_(x, W.t())
  return y
