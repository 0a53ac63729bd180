"""Articles and books on which the methods rest, and the origin of the data."""

from collapse.sources.base import Source

SHUMAILOV = Source(
    "Shumailov et al. (2024)",
    "Shumailov, Shumaylov, Zhao, Papernot, Anderson and Gal (2024). AI models "
    "collapse when trained on recursively generated data. Nature 631, 755–759.",
    "https://doi.org/10.1038/s41586-024-07566-y",
)
WRIGHT = Source(
    "Wright (1931)",
    "Wright, S. (1931). Evolution in Mendelian populations. Genetics 16, 97–159.",
    "https://doi.org/10.1093/genetics/16.2.97",
)
BRADLEY = Source(
    "Bradley and Terry (1952)",
    "Bradley, R. A. and Terry, M. E. (1952). Rank analysis of incomplete block designs: I. The method of paired comparisons. "
    "Biometrika 39, 324–345.",
    "https://doi.org/10.1093/biomet/39.3-4.324",
)
WILKS = Source(
    "Wilks (1932)",
    "Wilks, S. S. (1932). Certain generalizations in the analysis of variance. Biometrika 24, 471–494.",
    "https://doi.org/10.1093/biomet/24.3-4.471",
)
GALTON = Source(
    "Watson and Galton (1875)",
    "Watson, H. W. and Galton, F. (1875). On the probability of the extinction of "
    "families. Journal of the Anthropological Institute 4, 138–144.",
    "https://doi.org/10.2307/2841222",
)
CHAN = Source(
    "Chan, Golub and LeVeque (1983)",
    "Chan, T. F., Golub, G. H. and LeVeque, R. J. (1983). Algorithms for "
    "computing the sample variance. The American Statistician 37, 242–247.",
    "https://doi.org/10.1080/00031305.1983.10483115",
)
HILL = Source(
    "Hill (1973)",
    "Hill, M. O. (1973). Diversity and evenness: a unifying notation and its consequences. Ecology 54, 427–432.",
    "https://doi.org/10.2307/1934352",
)
GOOD = Source(
    "Good (1953)",
    "Good, I. J. (1953). The population frequencies of species and the estimation of population parameters. Biometrika 40.",
    "https://doi.org/10.1093/biomet/40.3-4.237",
)
SIMPSON = Source(
    "Simpson (1949)",
    "Simpson, E. H. (1949). Measurement of diversity. Nature 163, 688.",
    "https://doi.org/10.1038/163688a0",
)
VILLANI = Source(
    "Villani (2009)",
    "Villani, C. (2009). Optimal transport: old and new. Springer.",
    "https://doi.org/10.1007/978-3-540-71050-9",
)
COVER = Source(
    "Cover and Thomas (2006)",
    "Cover, T. M. and Thomas, J. A. (2006). Elements of information theory, second edition. Wiley.",
    "https://doi.org/10.1002/047174882X",
)
SILVERMAN = Source(
    "Silverman (1986)",
    "Silverman, B. W. (1986). Density estimation for statistics and data analysis. Chapman and Hall.",
    "https://doi.org/10.1201/9781315140919",
)
SIEGMUND = Source(
    "Siegmund (1985)",
    "Siegmund, D. (1985). Sequential analysis: tests and confidence intervals. Springer.",
    "https://doi.org/10.1007/978-1-4757-1862-8",
)
PEARSON = Source(
    "Pearson (1894)",
    "Pearson, K. (1894). Contributions to the mathematical theory of evolution. Philosophical "
    "Transactions of the Royal Society A 185, 71–110.",
    "https://doi.org/10.1098/rsta.1894.0003",
)
DEMPSTER = Source(
    "Dempster, Laird and Rubin (1977)",
    "Dempster, A. P., Laird, N. M. and Rubin, D. B. (1977). Maximum likelihood "
    "from incomplete data via the EM algorithm. Journal of the Royal Statistical Society B 39, 1–38.",
    "https://doi.org/10.1111/j.2517-6161.1977.tb01600.x",
)
BHATTACHARYYA = Source(
    "Bhattacharyya (1943)",
    "Bhattacharyya, A. (1943). On a measure of divergence between two statistical populations defined by their "
    "probability distributions. Bulletin of the Calcutta Mathematical Society 35, 99–109.",
    "https://zbmath.org/0063.00364",
)
PENGUINS = Source(
    "Gorman, Williams and Fraser (2014)",
    "Gorman, K. B., Williams, T. D. and Fraser, W. R. (2014). Ecological "
    "sexual dimorphism and environmental variability within a community of Antarctic penguins. PLoS ONE 9(3), "
    "e90081. Data: Horst, Hill and Gorman (2020), palmerpenguins, CC0.",
    "https://doi.org/10.1371/journal.pone.0090081",
)
CENSUS = Source(
    "US Census Bureau (1995)",
    "US Census Bureau (1995). Frequently occurring names and surnames from the 1990 census. Public domain.",
    "https://www.census.gov/topics/population/genealogy/data/1990_census.html",
)
OWN = Source("brought by the visitor", "Data that the visitor has brought to this page: known to nobody else.", "")
CARROLL = Source(
    "Carroll (1865)",
    "Carroll, L. (1865). Alice's Adventures in Wonderland. Text of the Canterbury corpus. Public domain.",
    "https://corpus.canterbury.ac.nz/descriptions/",
)
WITTEN = Source(
    "Witten and Bell (1991)",
    "Witten, I. H. and Bell, T. C. (1991). The zero-frequency problem: estimating the "
    "probabilities of novel events in adaptive text compression. IEEE Transactions on Information Theory 37, "
    "1085–1094.",
    "https://doi.org/10.1109/18.87000",
)
SHANNON = Source(
    "Shannon (1948)",
    "Shannon, C. E. (1948). A mathematical theory of communication. Bell System Technical Journal 27, 379–423.",
    "https://doi.org/10.1002/j.1538-7305.1948.tb01338.x",
)
ZIPF = Source(
    "Zipf (1949)",
    "Zipf, G. K. (1949). Human behavior and the principle of least effort. Addison-Wesley.",
    "https://archive.org/details/in.ernet.dli.2015.90211",
)
DIGITS = Source(
    "Alpaydin and Kaynak (1998)",
    "Alpaydin, E. and Kaynak, C. (1998). Optical recognition of handwritten digits. UCI Machine Learning Repository. The "
    "1,797 images of 8 × 8 pixels that come with scikit-learn. CC BY 4.0.",
    "https://doi.org/10.24432/C50P49",
)
TIPPING = Source(
    "Tipping and Bishop (1999)",
    "Tipping, M. E. and Bishop, C. M. (1999). Probabilistic principal component analysis. Journal of the Royal Statistical "
    "Society B 61, 611–622.",
    "https://doi.org/10.1111/1467-9868.00196",
)
ROY = Source(
    "Roy and Vetterli (2007)",
    "Roy, O. and Vetterli, M. (2007). The effective rank: a measure of effective dimensionality. EUSIPCO 2007, 606–610.",
    "https://ieeexplore.ieee.org/document/7098875",
)
BASU = Source(
    "Basu et al. (1998)",
    "Basu, A., Harris, I. R., Hjort, N. L. and Jones, M. C. (1998). Robust and efficient estimation by minimising a density power "
    "divergence. Biometrika 85, 549–559.",
    "https://doi.org/10.1093/biomet/85.3.549",
)
ROGAN = Source(
    "Rogan and Gladen (1978)",
    "Rogan, W. J. and Gladen, B. (1978). Estimating prevalence from the results of a screening test. American Journal of "
    "Epidemiology 107, 71–76.",
    "https://doi.org/10.1093/oxfordjournals.aje.a112510",
)
OURS = Source(
    "derived here", "Our own derivation; it stands in the code of the law, and the tests check it in a second way.", ""
)
