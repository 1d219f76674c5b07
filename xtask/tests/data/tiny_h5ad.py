"""Writes tiny.h5ad: 12 cells, 3 genes; X as CSR, a dense layer, a pseudotime with one cell without, two branches."""
import sys
import anndata, numpy as np, pandas as pd
from scipy import sparse
n = 12
t = np.arange(n) / n
x = np.stack([t, 1 - t, np.where(t < 0.5, 0.0, t)], axis=1).astype(np.float32)
obs = pd.DataFrame({"dpt_pseudotime": t.astype(np.float64), "branch": pd.Categorical(["a", "b"] * (n // 2))}, index=[f"cell{i}" for i in range(n)])
obs.loc["cell3", "dpt_pseudotime"] = np.inf
var = pd.DataFrame(index=["Sox2", "Gata1", "Pax6"])
a = anndata.AnnData(sparse.csr_matrix(x), obs=obs, var=var, layers={"doubled": 2 * x.astype(np.float64)})
a.write_h5ad(sys.argv[1], compression="gzip")
